#include "server/postgres/contact_states.h"

#include <string>
#include <utility>

#include "server/postgres/user_rows.h"

namespace chat::postgres {

std::string_view ToWord(ContactState state) {
  switch (state) {
    case ContactState::kContact:
      return "contact";
    case ContactState::kRequested:
      return "requested";
    case ContactState::kRequesting:
      return "requesting";
  }
  std::unreachable();
}

ContactState ContactStateFrom(std::string_view word) {
  if (word == "contact") return ContactState::kContact;
  return word == "requested" ? ContactState::kRequested : ContactState::kRequesting;
}

std::optional<ContactState> FindContactState(Transaction& transaction, UserId user, UserId other) {
  const pqxx::result rows = transaction.Run(
      "SELECT state FROM contacts WHERE user_id = $1 AND other_id = $2", user, other);
  if (rows.empty()) return std::nullopt;
  return ContactStateFrom(rows[0][0].view());
}

bool EitherBlocks(Transaction& transaction, UserId one, UserId other) {
  return !transaction
              .Run(
                  "SELECT 1 FROM blocks WHERE (user_id = $1 AND blocked_id = $2) "
                  "OR (user_id = $2 AND blocked_id = $1)",
                  one, other)
              .empty();
}

std::optional<Pair> LockPair(Transaction& transaction, UserId one, UserId other) {
  const pqxx::result rows = transaction.Run(
      "SELECT user_id, username, display_name, created_at, bot "
      "FROM users WHERE user_id IN ($1, $2) "
      "ORDER BY user_id FOR NO KEY UPDATE",
      one, other);
  if (rows.size() != 2) return std::nullopt;
  Pair pair{.one = ReadUser(rows[0], 0), .other = ReadUser(rows[1], 0)};
  if (pair.one.user_id != one) std::swap(pair.one, pair.other);
  return pair;
}

// When someone was last seen is for contacts only.
Contact ReadContact(const pqxx::row& row) {
  Contact contact{
      .user = ReadUser(row, 0), .state = ContactStateFrom(row[5].view()), .last_seen_at = {}};
  if (contact.state == ContactState::kContact) {
    contact.last_seen_at = row[6].as<std::optional<UnixTime>>();
  }
  return contact;
}

}  // namespace chat::postgres
