// Brings the schema of a file to the version this program was built for.
// Keeps golang-migrate's table, so that its tool understands the file too.
#pragma once

#include <expected>
#include <span>

#include "migrations/migration.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/open_error.h"

namespace chat::sqlite {

enum class MigrationMode {
  kAuto,   // apply what is missing
  kCheck,  // refuse a schema that is not this program's
  kOff,    // take the schema as it is
};

// Applies the migrations above the file's version, each in a transaction of its own, so that a
// failure or a crash leaves the file at the version before.
//
// Errors: kSchema when the file is marked dirty, is newer than `migrations`, or is older and `mode`
// is kCheck; kFile when SQLite fails.
std::expected<void, OpenError> Migrate(Connection& connection,
                                       std::span<const Migration> migrations, MigrationMode mode);

// Takes the schema down again, step by step, until it is at `version`.
//
// Errors: as Migrate.
std::expected<void, OpenError> MigrateDown(Connection& connection,
                                           std::span<const Migration> migrations, int version);

}  // namespace chat::sqlite
