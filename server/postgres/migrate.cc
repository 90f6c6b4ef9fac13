#include "server/postgres/migrate.h"

#include <cstdint>
#include <pqxx/pqxx>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

namespace chat::postgres {
namespace {

// "chat" in ASCII, and a number: one lock of this program.
constexpr std::int64_t kMigrationLock = 0x63686174'00000001;

struct SchemaVersion {
  std::int64_t number = 0;  // 0: nothing applied yet
  bool dirty = false;
};

// Held by the session, across the transactions of the migrations.
class MigrationLock {
 public:
  explicit MigrationLock(Connection& connection) : connection_(connection) {
    pqxx::nontransaction sql(connection_.pq());
    connection_.Run(sql, "SELECT pg_advisory_lock($1)", kMigrationLock);
  }
  ~MigrationLock() {
    try {
      pqxx::nontransaction sql(connection_.pq());
      connection_.Run(sql, "SELECT pg_advisory_unlock($1)", kMigrationLock);
    } catch (const std::exception&) {
      // The connection is gone, and the lock with it.
    }
  }
  MigrationLock(const MigrationLock&) = delete;
  MigrationLock& operator=(const MigrationLock&) = delete;

 private:
  Connection& connection_;
};

std::unexpected<OpenError> SchemaError(std::string detail) {
  return std::unexpected(OpenError{OpenErrorCode::kSchema, std::move(detail)});
}

SchemaVersion ReadVersion(Connection& connection) {
  pqxx::work sql(connection.pq());
  connection.Run(sql,
                 "CREATE TABLE IF NOT EXISTS schema_migrations "
                 "(version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)");
  const pqxx::result row = sql.exec("SELECT version, dirty FROM schema_migrations LIMIT 1");
  sql.commit();
  if (row.empty()) return {};
  return {.number = row[0][0].as<std::int64_t>(), .dirty = row[0][1].as<bool>()};
}

// golang-migrate has no row for "nothing applied".
void Apply(Connection& connection, std::string_view script, int version_after) {
  pqxx::work sql(connection.pq());
  sql.exec(script);
  sql.exec("DELETE FROM schema_migrations");
  if (version_after != 0) {
    sql.exec("INSERT INTO schema_migrations (version, dirty) VALUES ($1, false)",
             pqxx::params{version_after});
  }
  sql.commit();
}

std::expected<SchemaVersion, OpenError> CheckVersion(Connection& connection,
                                                     std::span<const Migration> migrations) {
  const SchemaVersion version = ReadVersion(connection);
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
  const MigrationLock lock(connection);
  const std::expected<SchemaVersion, OpenError> version = CheckVersion(connection, migrations);
  if (!version) return std::unexpected(version.error());
  for (const Migration& migration : migrations) {
    if (migration.version <= version->number) continue;
    if (mode == MigrationMode::kCheck) {
      return SchemaError("the store's schema has version " + std::to_string(version->number) +
                         ", older than this program's, and migrating is switched off");
    }
    Apply(connection, migration.up, migration.version);
  }
  return {};
}

std::expected<void, OpenError> MigrateDown(Connection& connection,
                                           std::span<const Migration> migrations, int version) {
  const MigrationLock lock(connection);
  const std::expected<SchemaVersion, OpenError> current = CheckVersion(connection, migrations);
  if (!current) return std::unexpected(current.error());
  for (const Migration& migration : std::views::reverse(migrations)) {
    if (migration.version > current->number || migration.version <= version) continue;
    Apply(connection, migration.down, migration.version - 1);
  }
  return {};
}

}  // namespace chat::postgres
