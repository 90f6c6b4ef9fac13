#include "server/sqlite/contact_states.h"

#include <utility>

#include "server/sqlite/statement.h"
#include "server/sqlite/user_rows.h"

namespace chat::sqlite {

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

std::optional<ContactState> FindContactState(Connection& connection, UserId user, UserId other) {
  Statement row(connection, "SELECT state FROM contacts WHERE user_id = ?1 AND other_id = ?2", user,
                other);
  if (!row.Step()) return std::nullopt;
  return ContactStateFrom(row.Get<std::string_view>(0));
}

bool EitherBlocks(Connection& connection, UserId one, UserId other) {
  return Statement(connection,
                   "SELECT 1 FROM blocks WHERE (user_id = ?1 AND blocked_id = ?2) "
                   "OR (user_id = ?2 AND blocked_id = ?1)",
                   one, other)
      .Step();
}

std::optional<Pair> FindPair(Connection& connection, UserId one, UserId other) {
  std::optional<User> first = FindUser(connection, one);
  std::optional<User> second = FindUser(connection, other);
  if (!first || !second) return std::nullopt;
  return Pair{*std::move(first), *std::move(second)};
}

// When someone was last seen is for contacts only.
Contact ReadContact(const Statement& row) {
  Contact contact{.user = ReadUser(row, 0),
                  .state = ContactStateFrom(row.Get<std::string_view>(5)),
                  .last_seen_at = {}};
  if (contact.state == ContactState::kContact) {
    contact.last_seen_at = row.Get<std::optional<UnixTime>>(6);
  }
  return contact;
}

}  // namespace chat::sqlite
