// Users as several adapters read them.
#pragma once

#include <pqxx/pqxx>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

// From the columns user_id, username, display_name, created_at, bot, which start at `first`.
User ReadUser(const pqxx::row& row, int first);

// Locks the rows of those who exist until the transaction ends, by ascending id: for whoever
// changes how users stand to each other, or the counts of their changes.
void LockUsers(Transaction& transaction, const std::vector<UserId>& users);

}  // namespace chat::postgres
