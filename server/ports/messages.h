// Port: the entries of conversations: append with dedupe, and reading by position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/completion.h"

namespace chat {

enum class EntryKind { kText, kCreated, kRenamed, kMemberAdded, kMemberRemoved, kRoleChanged };

// Whether entries of this kind change to whom entries go.
constexpr bool ChangesMembers(EntryKind kind) {
  return kind == EntryKind::kCreated || kind == EntryKind::kMemberAdded ||
         kind == EntryKind::kMemberRemoved;
}

// All reactions of one emoji to one entry, as one reader sees them.
struct Reaction {
  std::string emoji;
  std::int64_t count = 0;
  bool mine = false;

  friend bool operator==(const Reaction&, const Reaction&) = default;
};

// One thing that consumed a seq of its conversation.
struct Entry {
  ConversationId conversation_id;
  Seq seq;
  MessageId message_id;
  EntryKind kind = EntryKind::kText;
  UserId sender_id;
  std::string client_msg_id;
  std::string text;
  UnixTime created_at;
  std::optional<UnixTime> edited_at;
  bool deleted = false;
  std::optional<Seq> reply_to_seq;
  std::optional<UserId> subject_user_id;  // membership entries
  std::optional<std::string> name;        // created, renamed
  std::optional<std::string> role;        // role_changed
  Change change;                          // last change of this entry; zero when never changed
  std::vector<Reaction> reactions = {};   // in pages only, oldest emoji first
};

// Who sent an entry, so that its shard can answer in the order of the conversation.
// `send` is unique among the shard's sends; zero for entries that no connection waits for.
struct SendOrigin {
  std::uint32_t shard = 0;
  std::uint64_t send = 0;

  friend bool operator==(const SendOrigin&, const SendOrigin&) = default;
};

struct NewMessage {
  ConversationId conversation_id;
  UserId sender_id;
  std::string client_msg_id;
  std::string text;
  std::optional<Seq> reply_to_seq;
  SendOrigin origin;
};

struct Appended {
  MessageId message_id;
  Seq seq;
  UnixTime created_at;
};

enum class AppendError {
  kNotFound,           // no such conversation, or the sender is not a member
  kClosed,             // one of the two blocks the other
  kClientMsgIdReused,  // the same id with another text or reply
  kReplyNotFound,      // reply_to_seq names no entry of this conversation
  kUnavailable,        // not stored, or not known to be; safe to retry with the same client_msg_id
};

// How far a read may see: a shard that has handled a batch of this number or above from the bus has
// been told of everything the read returned. Comparable within one start of one process.
using CommitNumber = std::uint64_t;

struct EntryPageRequest {
  UserId viewer;
  ConversationId conversation_id;
  std::optional<Seq> after_seq;  // entries above; ascending from there
  std::optional<Seq>
      before_seq;  // entries below; the page ends right before it. Neither: the newest page
  // With after_seq: also the entries up to it that changed after this.
  std::optional<Change> after_change = {};
  int limit = 0;              // of entries, and of changed ones
  std::size_t bytes_max = 0;  // of text, of each of the two; at least one entry is returned
};

struct EntryPage {
  std::vector<Entry> entries;       // ascending by seq
  std::vector<Entry> changed = {};  // ascending by change
  Seq head_seq;
  Change head_change;
  Change next_after_change = {};  // nothing that changed up to here is missing from the page
  CommitNumber as_of = 0;
};

// Thread: called on one shard, completes on it.
class Messages {
 public:
  virtual ~Messages() = default;

  // Stores the message durably, with the next seq of its conversation, and publishes the
  // CommitBatch that holds it before it completes. The same (conversation, sender, client_msg_id)
  // answers as the first time, also to a sender who is no longer a member. Sending moves the
  // sender's read mark. Limits: a bounded number of appends waits; beyond it kUnavailable at once.
  virtual void Append(NewMessage message, Completion<Appended, AppendError> done) = 0;

  // One page of what the viewer may see.
  virtual void ReadPage(EntryPageRequest page, Completion<EntryPage, ViewError> done) = 0;

  // Entries with after < seq <= through, for delivery to members; no viewer.
  // Limits: the first 1,000 of them, or fewer where their texts are long, but at least one if there
  // is one.
  virtual void ReadRange(ConversationId conversation, Seq after, Seq through,
                         Completion<std::vector<Entry>, ReadError> done) = 0;
};

}  // namespace chat
