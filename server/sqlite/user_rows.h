// Users as several adapters read them.
#pragma once

#include <optional>

#include "server/ports/accounts.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {

// From the columns user_id, username, display_name, created_at, bot, which start at `first`.
User ReadUser(const Statement& row, int first);

std::optional<User> FindUser(Connection& connection, UserId user);

}  // namespace chat::sqlite
