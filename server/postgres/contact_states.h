// How two users stand to each other, as several adapters ask for it.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/contacts.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

// The words in the column contacts.state.
std::string_view ToWord(ContactState state);
ContactState ContactStateFrom(std::string_view word);

// As `user` sees it; empty when neither asked the other.
std::optional<ContactState> FindContactState(Transaction& transaction, UserId user, UserId other);

// Whether one of the two blocks the other.
bool EitherBlocks(Transaction& transaction, UserId one, UserId other);

// A contact, of the columns of ReadUser followed by contacts.state and users.last_seen_at.
Contact ReadContact(const pqxx::row& row);

// Two users, of whom `one` acts.
struct Pair {
  User one;
  User other;
};

// The two, whose rows stay locked until the transaction ends; empty when there is no such pair.
//
// Whatever changes how two users stand to each other, or gives them a conversation, takes this lock
// before it looks at anything: what it then reads is what it changes, on any number of nodes. Both
// rows are locked in the order of their ids, so that two who do the same from either side wait for
// each other and never for ever. The counts of the users' changes are moved under the same lock.
std::optional<Pair> LockPair(Transaction& transaction, UserId one, UserId other);

}  // namespace chat::postgres
