// How two users stand to each other, as several adapters ask for it.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/contacts.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {

// The words in the column contacts.state.
std::string_view ToWord(ContactState state);
ContactState ContactStateFrom(std::string_view word);

// As `user` sees it; empty when neither asked the other.
std::optional<ContactState> FindContactState(Connection& connection, UserId user, UserId other);

// Whether one of the two blocks the other.
bool EitherBlocks(Connection& connection, UserId one, UserId other);

// Two users, of whom `one` acts.
struct Pair {
  User one;
  User other;
};

// Empty when one of them does not exist.
std::optional<Pair> FindPair(Connection& connection, UserId one, UserId other);

// A contact, of the columns of ReadUser followed by contacts.state and users.last_seen_at.
Contact ReadContact(const Statement& row);

}  // namespace chat::sqlite
