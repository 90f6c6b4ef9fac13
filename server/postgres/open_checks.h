// What has to hold before a server trusts a PostgreSQL with messages: a commit that was answered
// must survive a loss of power.
#pragma once

#include <expected>

#include "server/postgres/connection.h"
#include "server/postgres/open_error.h"

namespace chat::postgres {

// Errors: kUnsafe when fsync, synchronous_commit or full_page_writes is off. Failures of SQL are
// thrown by pqxx.
std::expected<void, OpenError> CheckDurability(Connection& connection);

}  // namespace chat::postgres
