// Port: what may happen to an entry after it was committed: its text is edited, it is deleted,
// somebody reacts to it. Each is one step of its conversation's last_change; none takes a seq.
#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/completion.h"

namespace chat {

// How many different emojis one entry may have.
inline constexpr std::size_t kEmojisPerEntryMax = 20;

struct EntryEdited {
  std::string text;
  UnixTime edited_at;
};
struct EntryDeleted {};
struct EntryReaction {
  std::string emoji;
  bool on = false;
};

struct EntryChange {
  ConversationId conversation_id;
  Seq seq;
  Change change;
  UserId user_id;  // who did it
  std::variant<EntryEdited, EntryDeleted, EntryReaction> what;
};

struct EditRequest {
  UserId editor;
  ConversationId conversation_id;
  Seq seq;
  std::string text;
};

struct DeleteRequest {
  UserId deleter;
  ConversationId conversation_id;
  Seq seq;
};

struct ReactRequest {
  UserId reactor;
  ConversationId conversation_id;
  Seq seq;
  std::string emoji;
  bool on = false;
};

// The entry's last change: the one just made, or, where nothing was left to do, an earlier one
// (zero for an entry that never changed).
struct EntryChanged {
  Change change;
};

enum class ChangeError {
  kNotFound,       // no such conversation or entry, or the caller is not a member
  kForbidden,      // another's text
  kNotText,        // entries that the server made stay as they are
  kClosed,         // one of the two blocks the other; what was said can only be taken back
  kDeleted,        // a deleted text can be neither edited nor reacted to
  kTooManyEmojis,  // the entry has kEmojisPerEntryMax different ones already
  kUnavailable,    // not done, or not known to be; safe to ask again
};

// Each call checks and changes in one transaction and publishes the CommitBatch that tells of it
// before it completes. What is already so is answered and told to nobody, so every call may be
// repeated.
//
// Thread: called on one shard, completes on it.
class MessageChanges {
 public:
  virtual ~MessageChanges() = default;

  // Puts another text in the place of the editor's own.
  virtual void Edit(EditRequest edit, Completion<EntryChanged, ChangeError> done) = 0;

  // Leaves a tombstone: the entry keeps its seq, its text and reactions are erased. Who wrote it
  // may, and in groups whom permissions.h says.
  virtual void Delete(DeleteRequest request, Completion<EntryChanged, ChangeError> done) = 0;

  // Adds the member's reaction or takes it back.
  virtual void React(ReactRequest reaction, Completion<EntryChanged, ChangeError> done) = 0;
};

}  // namespace chat
