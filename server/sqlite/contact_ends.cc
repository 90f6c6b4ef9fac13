#include "server/sqlite/contact_ends.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "server/ports/bus.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/user_changes.h"

namespace chat::sqlite {
namespace {

constexpr int kEndedAtOnceMax = 100;

std::vector<UserId> FirstContacts(Connection& connection, UserId user) {
  Statement rows(connection, "SELECT other_id FROM contacts WHERE user_id = ?1 LIMIT ?2", user,
                 kEndedAtOnceMax);
  std::vector<UserId> others;
  while (rows.Step()) others.push_back(rows.Get<UserId>(0));
  return others;
}

}  // namespace

ContactEnd EndContact(WriteTransaction& transaction, const Pair& pair) {
  const std::int64_t removed =
      Statement(transaction.connection,
                "DELETE FROM contacts WHERE (user_id = ?1 AND other_id = ?2) "
                "OR (user_id = ?2 AND other_id = ?1)",
                pair.one.user_id, pair.other.user_id)
          .Run();
  if (removed == 0) return ContactEnd::kNothing;
  AddUserChange(transaction, pair.one.user_id, ContactChanged{ContactEvent::kRemoved, pair.other});
  AddUserChange(transaction, pair.other.user_id, ContactChanged{ContactEvent::kRemoved, pair.one});
  return ContactEnd::kEnded;
}

bool HasContacts(Connection& connection, UserId user) {
  return !FirstContacts(connection, user).empty();
}

void EndSomeContacts(WriteTransaction& transaction, UserId user) {
  for (const UserId other : FirstContacts(transaction.connection, user)) {
    const std::optional<Pair> pair = FindPair(transaction.connection, user, other);
    if (pair) EndContact(transaction, *pair);
  }
}

}  // namespace chat::sqlite
