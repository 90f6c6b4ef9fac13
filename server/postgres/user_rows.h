// Users as several adapters read them.
#pragma once

#include <pqxx/pqxx>

#include "server/ports/accounts.h"

namespace chat::postgres {

// From the columns user_id, username, display_name, created_at, bot, which start at `first`.
User ReadUser(const pqxx::row& row, int first);

}  // namespace chat::postgres
