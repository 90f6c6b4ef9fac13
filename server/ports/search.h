// Port: finding what was said in one's own conversations.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/messages.h"

namespace chat {

struct SearchRequest {
  UserId viewer;
  std::vector<std::string> tokens;  // all of them, of TokenizeQuery; at least one
  std::optional<MessageId> before;  // messages with a smaller id; nothing: from the newest
  int limit = 0;
  std::size_t bytes_max = 0;  // of text; at least one message is returned
};

struct SearchPage {
  std::vector<Entry> entries;  // texts, newest first: by descending message_id
  // Where the next page starts; nothing at the end. A page may hold fewer than `limit` and have a
  // next one, which may be empty.
  std::optional<MessageId> next_before;
};

// Thread: called on one shard, completes on it.
class Search {
 public:
  virtual ~Search() = default;

  // Texts of conversations that the viewer is a member of now, as history shows them now: what was
  // deleted, or edited so that it no longer fits, is not found, whatever the index still holds.
  // Limits: waits for other searches only, and 2 s at most.
  virtual void Find(SearchRequest request, Completion<SearchPage, ReadError> done) = 0;
};

}  // namespace chat
