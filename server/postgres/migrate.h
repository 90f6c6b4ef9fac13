// Brings the schema of the store to the version this program was built for.
// Keeps golang-migrate's table, so that its tool understands the store too.
#pragma once

#include <expected>
#include <span>

#include "migrations/migration.h"
#include "server/postgres/connection.h"
#include "server/postgres/migration_mode.h"
#include "server/postgres/open_error.h"

namespace chat::postgres {

// Applies the migrations above the store's version, each in a transaction of its own, so that a
// failure or a crash leaves the store at the version before. Of any number of servers that start at
// once one applies them and the others wait for it.
//
// Errors: kSchema when the store is marked dirty, is newer than `migrations`, or is older and
// `mode` is kCheck. Failures of SQL are thrown by pqxx.
std::expected<void, OpenError> Migrate(Connection& connection,
                                       std::span<const Migration> migrations, MigrationMode mode);

// Takes the schema down again, step by step, until it is at `version`.
//
// Errors: as Migrate.
std::expected<void, OpenError> MigrateDown(Connection& connection,
                                           std::span<const Migration> migrations, int version);

}  // namespace chat::postgres
