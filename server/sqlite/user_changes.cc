#include "server/sqlite/user_changes.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "server/sqlite/connection.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

struct Subject {
  std::string_view kind;
  std::int64_t id;
};

Change NextChange(Connection& connection, UserId user, Subject subject) {
  Statement count(connection,
                  "UPDATE users SET last_change = last_change + 1 WHERE user_id = ?1 "
                  "RETURNING last_change",
                  user);
  const Change change = count.Step() ? count.Get<Change>(0) : Change();
  Statement(connection,
            "INSERT INTO user_changes (user_id, change, kind, subject_id) "
            "VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT (user_id, kind, subject_id) DO UPDATE SET change = excluded.change",
            user, change, subject.kind, subject.id)
      .Run();
  return change;
}

}  // namespace

void AddUserChange(WriteTransaction& transaction, UserId user, ContactChanged change) {
  const Subject subject{"contact", change.other.user_id.number()};
  transaction.batch.user_changes.push_back(
      {.user_id = user,
       .change = NextChange(transaction.connection, user, subject),
       .what = std::move(change)});
}

void AddUserChange(WriteTransaction& transaction, UserId user, ConversationChanged change) {
  const Subject subject{"conversation", change.conversation.conversation_id.number()};
  transaction.batch.user_changes.push_back(
      {.user_id = user,
       .change = NextChange(transaction.connection, user, subject),
       .what = std::move(change)});
}

void AddUserChange(WriteTransaction& transaction, UserId user, BlockChanged change) {
  const Subject subject{"block", change.other.number()};
  transaction.batch.user_changes.push_back(
      {.user_id = user,
       .change = NextChange(transaction.connection, user, subject),
       .what = change});
}

void AddReadChange(WriteTransaction& transaction, UserId user, ConversationId conversation) {
  NextChange(transaction.connection, user, {"read", conversation.number()});
}

}  // namespace chat::sqlite
