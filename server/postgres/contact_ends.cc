#include "server/postgres/contact_ends.h"

#include <optional>
#include <vector>

#include "server/ports/bus.h"
#include "server/postgres/user_changes.h"
#include "server/postgres/user_rows.h"

namespace chat::postgres {
namespace {

constexpr int kEndedAtOnceMax = 100;

std::vector<UserId> FirstContacts(Transaction& transaction, UserId user) {
  const pqxx::result rows =
      transaction.Run("SELECT other_id FROM contacts WHERE user_id = $1 ORDER BY other_id LIMIT $2",
                      user, kEndedAtOnceMax);
  std::vector<UserId> others;
  for (const pqxx::row& row : rows) others.push_back(row[0].as<UserId>());
  return others;
}

}  // namespace

ContactEnd EndContact(ChangeTransaction& transaction, const Pair& pair) {
  const pqxx::result removed = transaction.Run(
      "DELETE FROM contacts WHERE (user_id = $1 AND other_id = $2) "
      "OR (user_id = $2 AND other_id = $1)",
      pair.one.user_id, pair.other.user_id);
  if (removed.affected_rows() == 0) return ContactEnd::kNothing;
  AddUserChange(transaction, pair.one.user_id, ContactChanged{ContactEvent::kRemoved, pair.other});
  AddUserChange(transaction, pair.other.user_id, ContactChanged{ContactEvent::kRemoved, pair.one});
  return ContactEnd::kEnded;
}

bool HasContacts(Transaction& transaction, UserId user) {
  return !FirstContacts(transaction, user).empty();
}

void EndSomeContacts(ChangeTransaction& transaction, UserId user) {
  std::vector<UserId> others = FirstContacts(transaction, user);
  others.push_back(user);
  LockUsers(transaction, others);
  others.pop_back();
  for (const UserId other : others) {
    const std::optional<Pair> pair = LockPair(transaction, user, other);
    if (pair) EndContact(transaction, *pair);
  }
}

}  // namespace chat::postgres
