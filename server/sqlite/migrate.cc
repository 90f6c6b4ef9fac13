#include "server/sqlite/migrate.h"

#include <cstdint>
#include <ranges>
#include <string>
#include <string_view>

#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

constexpr std::string_view kCreateVersionTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version uint64, dirty bool);"
    "CREATE UNIQUE INDEX IF NOT EXISTS version_unique ON schema_migrations (version);";

struct SchemaVersion {
  std::int64_t number = 0;  // 0: nothing applied yet
  bool dirty = false;
};

std::unexpected<OpenError> FileError(const Connection& connection) {
  return std::unexpected(
      OpenError{OpenErrorCode::kFile, "the store's file fails: " + connection.failure()->message});
}

std::unexpected<OpenError> SchemaError(std::string detail) {
  return std::unexpected(OpenError{OpenErrorCode::kSchema, std::move(detail)});
}

SchemaVersion ReadVersion(Connection& connection) {
  Statement statement(connection, "SELECT version, dirty FROM schema_migrations");
  if (!statement.Step()) return {};
  return {.number = statement.Get<std::int64_t>(0), .dirty = statement.Get<bool>(1)};
}

// golang-migrate has no row for "nothing applied".
void WriteVersion(Connection& connection, int version) {
  connection.Execute("DELETE FROM schema_migrations");
  if (version == 0) return;
  Statement(connection, "INSERT INTO schema_migrations (version, dirty) VALUES (?1, 0)", version)
      .Run();
}

bool ApplyInTransaction(Connection& connection, std::string_view script, int version_after) {
  connection.Execute("BEGIN IMMEDIATE");
  connection.ExecuteScript(script);
  WriteVersion(connection, version_after);
  connection.Execute("COMMIT");
  return !connection.failed();
}

std::expected<SchemaVersion, OpenError> CheckVersion(Connection& connection,
                                                     std::span<const Migration> migrations) {
  connection.ExecuteScript(kCreateVersionTable);
  const SchemaVersion version = ReadVersion(connection);
  if (connection.failed()) return FileError(connection);
  const std::string number = std::to_string(version.number);
  if (version.dirty) {
    return SchemaError("the store's schema is marked dirty at version " + number +
                       ": a migration stopped half-way and has to be repaired by hand");
  }
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (version.number > newest) {
    return SchemaError("the store's schema has version " + number + ", newer than this program's " +
                       std::to_string(newest));
  }
  return version;
}

}  // namespace

std::expected<void, OpenError> Migrate(Connection& connection,
                                       std::span<const Migration> migrations, MigrationMode mode) {
  if (mode == MigrationMode::kOff) return {};
  const std::expected<SchemaVersion, OpenError> version = CheckVersion(connection, migrations);
  if (!version) return std::unexpected(version.error());
  for (const Migration& migration : migrations) {
    if (migration.version <= version->number) continue;
    if (mode == MigrationMode::kCheck) {
      return SchemaError("the store's schema has version " + std::to_string(version->number) +
                         ", older than this program's, and migrating is switched off");
    }
    if (!ApplyInTransaction(connection, migration.up, migration.version)) {
      return FileError(connection);
    }
  }
  return {};
}

std::expected<void, OpenError> MigrateDown(Connection& connection,
                                           std::span<const Migration> migrations, int version) {
  const std::expected<SchemaVersion, OpenError> current = CheckVersion(connection, migrations);
  if (!current) return std::unexpected(current.error());
  for (const Migration& migration : std::views::reverse(migrations)) {
    if (migration.version > current->number || migration.version <= version) continue;
    if (!ApplyInTransaction(connection, migration.down, migration.version - 1)) {
      return FileError(connection);
    }
  }
  return {};
}

}  // namespace chat::sqlite
