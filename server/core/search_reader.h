// The background reader that keeps the search index up to date, as logic without thread or clock.
//
// It hears every commit and has the index take what is next of the conversations that moved. What
// it could not hear of (before the start, on a node that died, through a log that forgot) it finds
// by looking at all conversations, a page at a time: at the start, when told to, and now and then.
// Several nodes may do this side by side; the index sees to it that nothing is done twice.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/ids.h"
#include "server/core/moment.h"
#include "server/ports/bus.h"
#include "server/ports/search_index.h"

namespace chat {

struct SearchReaderState {
  // How long the oldest commit that the index does not have has waited; zero when it has all,
  // nothing before all conversations were looked at once.
  std::optional<std::chrono::milliseconds> behind;
  std::size_t conversations_waiting = 0;
  std::uint64_t entries_indexed = 0;
  std::uint64_t failures = 0;  // of calls to the index
};

// Thread: the one its index completes on. Lifetime: completions that come later are ignored.
// Limits: one call to the index under way; kWaitingMax conversations are remembered, beyond that
// all are looked at instead.
class SearchReader {
 public:
  static constexpr std::size_t kUpdateMax = 100;
  static constexpr std::size_t kWaitingMax = 100'000;
  static constexpr std::chrono::minutes kLookAgain{10};

  explicit SearchReader(SearchIndex& index);
  SearchReader(const SearchReader&) = delete;
  SearchReader& operator=(const SearchReader&) = delete;

  void Hear(const CommitBatch& batch, Moment now);

  // Some commits may have gone unheard.
  void LookAtAll();

  // Begins what there is to do. To be called several times a second: what failed is tried again at
  // the next call.
  void Advance(Moment now);

  SearchReaderState state(Moment now) const;

 private:
  // Since when a conversation waits.
  using Waiting = std::map<ConversationId, Instant>;

  void Continue();
  void Look();
  void Update();
  void Looked(Result<BehindPage, ReadError> page);
  void Updated(Result<IndexedBatch, ReadError> done);
  void Wait(ConversationId conversation, Instant since);

  SearchIndex& index_;
  Instant now_{};
  bool busy_ = false;
  bool looked_last_ = false;  // pages of a look and updates take turns

  Waiting waiting_;
  std::deque<ConversationId> queue_;  // the keys of waiting_, in the order they came
  Waiting updating_;

  std::optional<ConversationId> look_ = ConversationId();  // where the look at all goes on
  bool look_began_anew_ = false;                           // while a page of it was under way
  bool looked_at_all_ = false;                             // once at least
  Instant looked_at_{};                                    // when the last look ended

  std::uint64_t entries_indexed_ = 0;
  std::uint64_t failures_ = 0;
  std::shared_ptr<SearchReader*> self_;
};

}  // namespace chat
