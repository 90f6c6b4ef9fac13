#include "server/sqlite/message_changes.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "server/ports/bus.h"
#include "server/ports/conversations.h"
#include "server/ports/permissions.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/conversation_views.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
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

Result<Subject, ChangeError> FindSubject(Connection& connection, const Target& target) {
  Statement row(connection,
                "SELECT c.kind, m.role, c.last_seq, c.members_seq, c.last_change, e.kind, "
                "e.sender_id, e.text, e.deleted, e.change, c.closed FROM conversation_members m "
                "JOIN conversations c ON c.conversation_id = m.conversation_id "
                "JOIN messages e ON e.conversation_id = m.conversation_id AND e.seq = ?3 "
                "WHERE m.conversation_id = ?1 AND m.user_id = ?2 AND m.left_seq IS NULL",
                target.conversation_id, target.actor, target.seq);
  if (!row.Step()) return std::unexpected(ChangeError::kNotFound);
  if (row.Get<std::string_view>(5) != "text") return std::unexpected(ChangeError::kNotText);
  return Subject{.kind = KindFrom(row.Get<std::string_view>(0)),
                 .my_role = RoleFrom(row.Get<std::string_view>(1)),
                 .last_seq = row.Get<Seq>(2),
                 .members_seq = row.Get<Seq>(3),
                 .last_change = row.Get<Change>(4),
                 .closed = row.Get<bool>(10),
                 .sender_id = row.Get<UserId>(6),
                 .text = row.Get<std::string>(7),
                 .deleted = row.Get<bool>(8),
                 .change = row.Get<Change>(9)};
}

// Counts the change, marks the entry with it and puts it into the batch.
EntryChanged Commit(WriteTransaction& transaction, const Target& target, const Subject& subject,
                    decltype(EntryChange::what) what) {
  const Change change = subject.last_change.Next();
  Statement(transaction.connection,
            "UPDATE conversations SET last_change = ?2 WHERE conversation_id = ?1",
            target.conversation_id, change)
      .Run();
  Statement(transaction.connection,
            "UPDATE messages SET change = ?3 WHERE conversation_id = ?1 AND seq = ?2",
            target.conversation_id, target.seq, change)
      .Run();
  transaction.batch.changes.push_back({.change = {.conversation_id = target.conversation_id,
                                                  .seq = target.seq,
                                                  .change = change,
                                                  .user_id = target.actor,
                                                  .what = std::move(what)},
                                       .head_seq = subject.last_seq,
                                       .members_seq = subject.members_seq});
  return {change};
}

Outcome EditText(WriteTransaction& transaction, const EditRequest& edit) {
  const Target target{edit.editor, edit.conversation_id, edit.seq};
  const Result<Subject, ChangeError> subject = FindSubject(transaction.connection, target);
  if (!subject) return std::unexpected(subject.error());
  if (subject->sender_id != edit.editor) return std::unexpected(ChangeError::kForbidden);
  if (subject->deleted) return std::unexpected(ChangeError::kDeleted);
  if (subject->text == edit.text) return EntryChanged{subject->change};
  if (subject->closed) return std::unexpected(ChangeError::kClosed);
  Statement(transaction.connection,
            "UPDATE messages SET text = ?3, edited_at = ?4 WHERE conversation_id = ?1 AND seq = ?2",
            edit.conversation_id, edit.seq, edit.text, transaction.now)
      .Run();
  return Commit(transaction, target, *subject,
                EntryEdited{.text = edit.text, .edited_at = transaction.now});
}

bool MayDelete(const Subject& subject, UserId deleter) {
  return subject.sender_id == deleter ||
         MayDo(subject.kind, MemberAction::kDeleteMessageOfOther, {.actor = subject.my_role});
}

Outcome DeleteText(WriteTransaction& transaction, const DeleteRequest& request) {
  const Target target{request.deleter, request.conversation_id, request.seq};
  const Result<Subject, ChangeError> subject = FindSubject(transaction.connection, target);
  if (!subject) return std::unexpected(subject.error());
  if (!MayDelete(*subject, request.deleter)) return std::unexpected(ChangeError::kForbidden);
  if (subject->deleted) return EntryChanged{subject->change};
  Statement(transaction.connection,
            "UPDATE messages SET text = '', deleted = 1 WHERE conversation_id = ?1 AND seq = ?2",
            request.conversation_id, request.seq)
      .Run();
  Statement(transaction.connection, "DELETE FROM reactions WHERE conversation_id = ?1 AND seq = ?2",
            request.conversation_id, request.seq)
      .Run();
  return Commit(transaction, target, *subject, EntryDeleted{});
}

// The emojis of an entry: how many there are, and whether this one is among them.
struct Emojis {
  std::int64_t count = 0;
  bool has_this = false;
};

Emojis CountEmojis(Connection& connection, const ReactRequest& reaction) {
  Statement row(connection,
                "SELECT count(DISTINCT emoji), coalesce(max(emoji = ?3), 0) FROM reactions "
                "WHERE conversation_id = ?1 AND seq = ?2",
                reaction.conversation_id, reaction.seq, reaction.emoji);
  if (!row.Step()) return {};
  return {.count = row.Get<std::int64_t>(0), .has_this = row.Get<bool>(1)};
}

bool HasReaction(Connection& connection, const ReactRequest& reaction) {
  return Statement(connection,
                   "SELECT 1 FROM reactions WHERE conversation_id = ?1 AND seq = ?2 "
                   "AND emoji = ?3 AND user_id = ?4",
                   reaction.conversation_id, reaction.seq, reaction.emoji, reaction.reactor)
      .Step();
}

void SetReaction(Connection& connection, const ReactRequest& reaction, Change change) {
  if (reaction.on) {
    Statement(connection,
              "INSERT INTO reactions (conversation_id, seq, emoji, user_id, change) "
              "VALUES (?1, ?2, ?3, ?4, ?5)",
              reaction.conversation_id, reaction.seq, reaction.emoji, reaction.reactor, change)
        .Run();
  } else {
    Statement(connection,
              "DELETE FROM reactions WHERE conversation_id = ?1 AND seq = ?2 AND emoji = ?3 "
              "AND user_id = ?4",
              reaction.conversation_id, reaction.seq, reaction.emoji, reaction.reactor)
        .Run();
  }
}

Outcome ReactTo(WriteTransaction& transaction, const ReactRequest& reaction) {
  const Target target{reaction.reactor, reaction.conversation_id, reaction.seq};
  const Result<Subject, ChangeError> subject = FindSubject(transaction.connection, target);
  if (!subject) return std::unexpected(subject.error());
  if (subject->deleted) return std::unexpected(ChangeError::kDeleted);
  if (HasReaction(transaction.connection, reaction) == reaction.on) {
    return EntryChanged{subject->change};
  }
  if (reaction.on) {
    if (subject->closed) return std::unexpected(ChangeError::kClosed);
    const Emojis emojis = CountEmojis(transaction.connection, reaction);
    if (!emojis.has_this && emojis.count >= std::int64_t{kEmojisPerEntryMax}) {
      return std::unexpected(ChangeError::kTooManyEmojis);
    }
  }
  SetReaction(transaction.connection, reaction, subject->last_change.Next());
  return Commit(transaction, target, *subject,
                EntryReaction{.emoji = reaction.emoji, .on = reaction.on});
}

}  // namespace

void MessageChanges::Edit(EditRequest edit, Completion<EntryChanged, ChangeError> done) {
  const std::size_t bytes = edit.text.size();
  database_.Write(
      home_, std::move(done),
      [edit = std::move(edit)](WriteTransaction& transaction) {
        return EditText(transaction, edit);
      },
      bytes);
}

void MessageChanges::Delete(DeleteRequest request, Completion<EntryChanged, ChangeError> done) {
  database_.Write(home_, std::move(done), [request](WriteTransaction& transaction) {
    return DeleteText(transaction, request);
  });
}

void MessageChanges::React(ReactRequest reaction, Completion<EntryChanged, ChangeError> done) {
  database_.Write(home_, std::move(done),
                  [reaction = std::move(reaction)](WriteTransaction& transaction) {
                    return ReactTo(transaction, reaction);
                  });
}

}  // namespace chat::sqlite
