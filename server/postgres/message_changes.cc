#include "server/postgres/message_changes.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "server/ports/bus.h"
#include "server/ports/conversations.h"
#include "server/ports/permissions.h"
#include "server/postgres/conversation_views.h"
#include "server/postgres/transaction.h"
#include "server/postgres/values.h"

namespace chat::postgres {
namespace {

using Outcome = Result<EntryChanged, ChangeError>;

// Which entry is to change, and who wants it.
struct Target {
  UserId actor;
  ConversationId conversation_id;
  Seq seq;
};

// The entry as it is now, as a member of its conversation finds it.
struct Subject {
  ConversationKind kind = ConversationKind::kDirect;
  Role my_role = Role::kMember;
  Seq last_seq;
  Seq members_seq;
  Change last_change;   // the conversation's
  bool closed = false;  // one of the two blocks the other
  UserId sender_id;
  std::string text;
  bool deleted = false;
  Change change;
};

// The lock on the conversation's row, which everybody who changes an entry of it takes first, makes
// what is read after it stay so until the end.
Result<Subject, ChangeError> LockSubject(Transaction& transaction, const Target& target) {
  const pqxx::result head = transaction.Run(
      "SELECT kind, last_seq, members_seq, last_change, closed FROM conversations "
      "WHERE conversation_id = $1 FOR NO KEY UPDATE",
      target.conversation_id);
  if (head.empty()) return std::unexpected(ChangeError::kNotFound);
  const pqxx::result rows = transaction.Run(
      "SELECT m.role, e.kind, e.sender_id, e.text, e.deleted, e.change "
      "FROM conversation_members m JOIN messages e "
      "ON e.conversation_id = m.conversation_id AND e.seq = $3 "
      "WHERE m.conversation_id = $1 AND m.user_id = $2 AND m.left_seq IS NULL",
      target.conversation_id, target.actor, target.seq);
  if (rows.empty()) return std::unexpected(ChangeError::kNotFound);
  const pqxx::row& row = rows[0];
  if (row[1].view() != "text") return std::unexpected(ChangeError::kNotText);
  return Subject{.kind = KindFrom(head[0][0].view()),
                 .my_role = RoleFrom(row[0].view()),
                 .last_seq = head[0][1].as<Seq>(),
                 .members_seq = head[0][2].as<Seq>(),
                 .last_change = head[0][3].as<Change>(),
                 .closed = head[0][4].as<bool>(),
                 .sender_id = row[2].as<UserId>(),
                 .text = std::string(row[3].view()),
                 .deleted = row[4].as<bool>(),
                 .change = row[5].as<Change>()};
}

// Counts the change, marks the entry with it and puts it into the batch.
EntryChanged Commit(ChangeTransaction& transaction, const Target& target, const Subject& subject,
                    decltype(EntryChange::what) what) {
  const Change change = subject.last_change.Next();
  transaction.Run("UPDATE conversations SET last_change = $2 WHERE conversation_id = $1",
                  target.conversation_id, change);
  transaction.Run("UPDATE messages SET change = $3 WHERE conversation_id = $1 AND seq = $2",
                  target.conversation_id, target.seq, change);
  transaction.batch.changes.push_back({.change = {.conversation_id = target.conversation_id,
                                                  .seq = target.seq,
                                                  .change = change,
                                                  .user_id = target.actor,
                                                  .what = std::move(what)},
                                       .head_seq = subject.last_seq,
                                       .members_seq = subject.members_seq});
  return {change};
}

Outcome EditText(ChangeTransaction& transaction, const EditRequest& edit) {
  const Target target{edit.editor, edit.conversation_id, edit.seq};
  const Result<Subject, ChangeError> subject = LockSubject(transaction, target);
  if (!subject) return std::unexpected(subject.error());
  if (subject->sender_id != edit.editor) return std::unexpected(ChangeError::kForbidden);
  if (subject->deleted) return std::unexpected(ChangeError::kDeleted);
  if (subject->text == edit.text) return EntryChanged{subject->change};
  if (subject->closed) return std::unexpected(ChangeError::kClosed);
  transaction.Run(
      "UPDATE messages SET text = $3, edited_at = $4 WHERE conversation_id = $1 AND seq = $2",
      edit.conversation_id, edit.seq, edit.text, transaction.now);
  return Commit(transaction, target, *subject,
                EntryEdited{.text = edit.text, .edited_at = transaction.now});
}

bool MayDelete(const Subject& subject, UserId deleter) {
  return subject.sender_id == deleter ||
         MayDo(subject.kind, MemberAction::kDeleteMessageOfOther, {.actor = subject.my_role});
}

Outcome DeleteText(ChangeTransaction& transaction, const DeleteRequest& request) {
  const Target target{request.deleter, request.conversation_id, request.seq};
  const Result<Subject, ChangeError> subject = LockSubject(transaction, target);
  if (!subject) return std::unexpected(subject.error());
  if (!MayDelete(*subject, request.deleter)) return std::unexpected(ChangeError::kForbidden);
  if (subject->deleted) return EntryChanged{subject->change};
  transaction.Run(
      "UPDATE messages SET text = '', deleted = true WHERE conversation_id = $1 AND seq = $2",
      request.conversation_id, request.seq);
  transaction.Run("DELETE FROM reactions WHERE conversation_id = $1 AND seq = $2",
                  request.conversation_id, request.seq);
  return Commit(transaction, target, *subject, EntryDeleted{});
}

// The emojis of an entry: how many there are, and whether this one is among them.
struct Emojis {
  std::int64_t count = 0;
  bool has_this = false;
};

Emojis CountEmojis(Transaction& transaction, const ReactRequest& reaction) {
  const pqxx::result rows = transaction.Run(
      "SELECT count(DISTINCT emoji), coalesce(bool_or(emoji = $3), false) FROM reactions "
      "WHERE conversation_id = $1 AND seq = $2",
      reaction.conversation_id, reaction.seq, reaction.emoji);
  return {.count = rows[0][0].as<std::int64_t>(), .has_this = rows[0][1].as<bool>()};
}

bool HasReaction(Transaction& transaction, const ReactRequest& reaction) {
  return !transaction
              .Run(
                  "SELECT 1 FROM reactions WHERE conversation_id = $1 AND seq = $2 "
                  "AND emoji = $3 AND user_id = $4",
                  reaction.conversation_id, reaction.seq, reaction.emoji, reaction.reactor)
              .empty();
}

void SetReaction(Transaction& transaction, const ReactRequest& reaction, Change change) {
  if (reaction.on) {
    transaction.Run(
        "INSERT INTO reactions (conversation_id, seq, emoji, user_id, change) "
        "VALUES ($1, $2, $3, $4, $5)",
        reaction.conversation_id, reaction.seq, reaction.emoji, reaction.reactor, change);
  } else {
    transaction.Run(
        "DELETE FROM reactions WHERE conversation_id = $1 AND seq = $2 AND emoji = $3 "
        "AND user_id = $4",
        reaction.conversation_id, reaction.seq, reaction.emoji, reaction.reactor);
  }
}

Outcome ReactTo(ChangeTransaction& transaction, const ReactRequest& reaction) {
  const Target target{reaction.reactor, reaction.conversation_id, reaction.seq};
  const Result<Subject, ChangeError> subject = LockSubject(transaction, target);
  if (!subject) return std::unexpected(subject.error());
  if (subject->deleted) return std::unexpected(ChangeError::kDeleted);
  if (HasReaction(transaction, reaction) == reaction.on) return EntryChanged{subject->change};
  if (reaction.on) {
    if (subject->closed) return std::unexpected(ChangeError::kClosed);
    const Emojis emojis = CountEmojis(transaction, reaction);
    if (!emojis.has_this && emojis.count >= std::int64_t{kEmojisPerEntryMax}) {
      return std::unexpected(ChangeError::kTooManyEmojis);
    }
  }
  SetReaction(transaction, reaction, subject->last_change.Next());
  return Commit(transaction, target, *subject,
                EntryReaction{.emoji = reaction.emoji, .on = reaction.on});
}

}  // namespace

void MessageChanges::Edit(EditRequest edit, Completion<EntryChanged, ChangeError> done) {
  const std::size_t bytes = edit.text.size();
  database_.Change(
      home_, std::move(done),
      [edit = std::move(edit)](ChangeTransaction& transaction) {
        return EditText(transaction, edit);
      },
      bytes);
}

void MessageChanges::Delete(DeleteRequest request, Completion<EntryChanged, ChangeError> done) {
  database_.Change(home_, std::move(done), [request](ChangeTransaction& transaction) {
    return DeleteText(transaction, request);
  });
}

void MessageChanges::React(ReactRequest reaction, Completion<EntryChanged, ChangeError> done) {
  database_.Change(home_, std::move(done),
                   [reaction = std::move(reaction)](ChangeTransaction& transaction) {
                     return ReactTo(transaction, reaction);
                   });
}

}  // namespace chat::postgres
