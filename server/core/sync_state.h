// What one connection has asked to pull with `sync`, and what that does to the live flow of the
// conversations it named: entries committed meanwhile wait here and follow `sync_done` exactly
// where the pages ended. It reads no store and writes no outbox; the hub's sync driver does both.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

#include "protocol/ids.h"
#include "server/core/shared_frame.h"
#include "server/ports/messages.h"

namespace chat {

struct SyncCursor {
  ConversationId conversation_id;
  Seq after_seq;
  Change after_change;
};

struct SyncPosition {
  ConversationId conversation_id;
  Seq next_after_seq;
  Change next_after_change;
  Seq head_seq;
  bool more = false;
};

enum class LiveKind : std::uint8_t { kEntry, kChange };

// An entry, or a change of one, on its way to one connection as it happens.
struct LiveBody {
  LiveKind kind = LiveKind::kEntry;
  ConversationId conversation_id;
  Seq seq;
  Change change;
  WireFrame frame;
};

// What the end of a sync has to send, in this order.
struct SyncEnd {
  std::optional<std::uint32_t> ref;
  std::vector<SyncPosition> positions;
  std::vector<LiveBody> held;
};

enum class SyncStartError {
  kBusy,      // another sync of this connection runs
  kRepeated,  // a conversation is named twice
  kTooMany,   // too many conversations of this connection wait for their next sync
};

// Thread: the shard's. Lifetime: a connection owns one from its first sync until it is idle.
// Limits: kPulledMax conversations, kHeldMax bodies; what does not fit makes its conversation
// answer `more`.
class SyncState {
 public:
  static constexpr std::size_t kPulledMax = 4000;
  static constexpr std::size_t kHeldMax = 1024;

  // Stops the live flow of the named conversations. An empty list is done at once.
  std::expected<void, SyncStartError> Start(std::optional<std::uint32_t> ref,
                                            const std::vector<SyncCursor>& cursors);

  bool running() const { return running_; }

  // The page to read next; empty when all were read and Finish is due.
  std::optional<SyncCursor> NextRead() const;

  // NextRead's page was asked for; until its answer no other read starts.
  void ReadStarted() { reading_ = true; }
  bool reading() const { return reading_; }

  // The answer to NextRead's cursor: a page, or that the viewer has no such conversation.
  void PageRead(const EntryPage& page);
  void NotFound();

  // All pages were read: what to send. Live flow resumes for conversations that have no more.
  SyncEnd Finish();

  // The store did not answer: the conversations of this sync stay stopped until a later sync names
  // them. Returns the ref to answer with an error.
  std::optional<std::uint32_t> Abort();

  // Whether a live body must not be sent now: it is being pulled, or the pages already had it.
  // A body that has to follow the pages is kept.
  bool Intercepts(const LiveBody& body);

  // Forgets which entries pages already had, where every such entry has gone through the live flow:
  // commits up to `handled` did, and `in_flight` tells whether some of a conversation still wait
  // there.
  template <typename InFlight>
  void ForgetPassed(CommitNumber handled, InFlight in_flight) {
    if (running_) return;
    std::erase_if(pulls_, [&](const Pull& pull) {
      return pull.stage == Stage::kLive && pull.as_of <= handled &&
             !in_flight(pull.conversation_id);
    });
  }

  // Some conversation flows again, but its pages may have overtaken its live bodies.
  bool guards() const {
    return std::ranges::any_of(pulls_, [](const Pull& p) { return p.stage == Stage::kLive; });
  }

  // Nothing is left to remember.
  bool idle() const { return !running_ && pulls_.empty(); }

 private:
  enum class Stage : std::uint8_t {
    kWaiting,  // its page is not read yet
    kRead,     // its page was read, sync_done is not sent yet
    kStopped,  // has more: no live flow until the next sync
    kLive,     // flows, but what is up to the two positions was in the pages
    kAbsent,   // not the viewer's
  };

  // One conversation; kept sorted by conversation_id.
  struct Pull {
    ConversationId conversation_id;
    Seq next_after_seq;
    Change next_after_change;
    Seq head_seq;
    CommitNumber as_of = 0;
    Stage stage = Stage::kWaiting;
    bool more = false;
    bool asked = false;  // named by the running sync
  };

  Pull* Find(ConversationId conversation);
  Pull& FindOrAdd(ConversationId conversation);
  static bool HasPassed(const Pull& pull, const LiveBody& body);
  static bool GoesOn(const Pull& pull, const std::vector<LiveBody>& held);
  void FinishPull(Pull& pull, SyncEnd& end);
  void SkipToWaiting();
  std::vector<LiveBody> TakeHeld(const Pull& pull);
  void DropHeld(ConversationId conversation);

  std::vector<Pull> pulls_;
  std::vector<LiveBody> held_;
  std::size_t next_ = 0;  // index into pulls_ of the page being read
  std::optional<std::uint32_t> ref_;
  bool running_ = false;
  bool reading_ = false;
};

}  // namespace chat
