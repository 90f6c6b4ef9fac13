// Port: how shards (and, clustered, nodes) hear of what was committed, of who came and went, and of
// who reads and types. The bus carries hints, presence and signals, never truth: what it loses is
// read back from the store, or is not missed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/accounts.h"
#include "server/ports/conversations.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "server/ports/sessions.h"

namespace chat {

struct CommittedEntry {
  Entry entry;
  SendOrigin origin;
  Seq members_seq;  // the conversation's, when the entry was committed
};

struct CommittedChange {
  EntryChange change;
  Seq head_seq;     // the conversation's last_seq, when the change was committed
  Seq members_seq;  // and its members_seq
};

enum class ContactEvent {
  kRequested,
  kAccepted,
  kRemoved,
  kChanged,  // the other has another name now
};
enum class ConversationEvent { kGained, kLost, kChanged };

struct ContactChanged {
  ContactEvent event = ContactEvent::kRequested;
  User other;
};

struct ConversationChanged {
  ConversationEvent event = ConversationEvent::kGained;
  Conversation conversation;
  std::optional<User> peer;  // direct only
};

enum class BlockEvent { kBlocked, kUnblocked };

// Told to the blocker; no client is sent it live.
struct BlockChanged {
  BlockEvent event = BlockEvent::kBlocked;
  UserId other;
};

// One step of a user's own last_change.
struct UserChange {
  UserId user_id;
  Change change;
  std::variant<ContactChanged, ConversationChanged, BlockChanged> what;
};

// Where a batch stands in the log of a store that several nodes share: each lane of each start of a
// node numbers its own batches 1, 2, 3, …
struct LogPosition {
  Epoch origin;  // zero in a store that has one node only
  std::uint32_t lane = 0;
  std::uint64_t batch = 0;

  friend auto operator<=>(const LogPosition&, const LogPosition&) = default;
};

// Everything one commit changed, in commit order. Immutable and shared by all receivers.
//
// `number` tells readers how far the bus is: after a batch with this number, the bus has told of
// everything that a read with an `as_of` up to it can have seen. A number may come with an empty
// batch; zero says nothing.
struct CommitBatch {
  CommitNumber number = 0;
  LogPosition position;
  std::vector<CommittedEntry> entries;
  std::vector<CommittedChange> changes;
  std::vector<UserChange> user_changes;
  std::vector<SessionOwner> revoked_sessions;
  std::vector<UserId> disabled_users;
};

// A user came to, or left, one place where connections live.
struct PresenceTransition {
  Epoch node = {};  // zero for the node that hears it
  std::uint32_t shard = 0;
  UserId user_id;
  bool online = false;
  UnixTime at;
  // Offline only because a grace ran out: the connection closed earlier, and says nothing of now.
  bool after_grace = false;
};

// The connection that a signal came from, which need not hear it. Known on its own node only;
// `connection` is zero where there is none.
struct SignalOrigin {
  std::uint32_t shard = 0;
  std::uint32_t connection = 0;

  friend bool operator==(const SignalOrigin&, const SignalOrigin&) = default;
};

// A member's marks moved, and both are here now; zero is before all entries.
struct MarksMoved {
  ConversationId conversation_id;
  UserId user_id;
  Seq delivered_seq;
  Seq read_seq;
  std::vector<UserId> listeners;
  SignalOrigin origin;
};

struct TypingChanged {
  ConversationId conversation_id;
  UserId user_id;
  bool active = false;
  std::vector<UserId> listeners;
};

// What is told to the connections that the listeners have now, and then forgotten: the only news on
// the bus that nothing makes good when it is lost.
// Limits: kSignalListenersMax listeners over all, so that one message between nodes holds them.
struct Signals {
  std::vector<MarksMoved> marks;
  std::vector<TypingChanged> typing;
};

inline constexpr std::size_t kSignalListenersMax = 20'000;

using BusMessage = std::variant<std::shared_ptr<const CommitBatch>,
                                std::shared_ptr<const std::vector<PresenceTransition>>,
                                std::shared_ptr<const Signals>>;

// Thread: Publish may be called from any thread. Each subscriber gets messages on its own executor,
// those of one publishing thread in the order published.
class Bus {
 public:
  virtual ~Bus() = default;
  virtual void Publish(BusMessage message) = 0;
};

}  // namespace chat
