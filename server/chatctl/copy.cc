#include "server/chatctl/copy.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string_view>
#include <utility>

#include "migrations/postgres_migrations.h"
#include "migrations/sqlite_migrations.h"
#include "server/chatctl/copied_tables.h"
#include "server/postgres/connection.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/data_directory.h"
#include "server/sqlite/statement.h"

namespace chat::chatctl {
namespace {

// Nobody waits for the copy but the operator.
constexpr std::chrono::hours kStatementTimeout{24};
constexpr std::chrono::seconds kLockTimeout{5};
constexpr std::chrono::seconds kConnectTimeout{10};

using Outcome = std::expected<std::vector<CopiedCount>, std::string>;

std::unexpected<std::string> Refuse(std::string why) { return std::unexpected(std::move(why)); }

// The file, and the right to use it.
struct Source {
  sqlite::DataDirectory directory;
  sqlite::Connection connection;
};

bool HasSourceSchema(sqlite::Connection& connection) {
  sqlite::Statement version(connection, "SELECT version, dirty FROM schema_migrations");
  return version.Step() && version.Get<int>(0) == SqliteMigrations().back().version &&
         !version.Get<bool>(1);
}

std::expected<Source, std::string> OpenSource(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) return Refuse(file.string() + " is no file");
  auto directory = sqlite::DataDirectory::Claim(file.parent_path());
  if (!directory) return Refuse(directory.error().detail);
  auto connection = sqlite::Connection::Open(file, sqlite::Access::kReadOnly);
  if (!connection)
    return Refuse("cannot open " + file.string() + ": " + connection.error().message);
  if (!HasSourceSchema(*connection)) {
    return Refuse(file.string() + " has not the schema of this program; start its server once");
  }
  return Source{*std::move(directory), *std::move(connection)};
}

std::int64_t CountSource(sqlite::Connection& connection, const CopiedTable& table) {
  sqlite::Statement count(connection, table.count);
  return count.Step() ? count.Get<std::int64_t>(0) : -1;
}

std::int64_t CountTarget(pqxx::transaction_base& target, const CopiedTable& table) {
  return target.query_value<std::int64_t>(std::string("SELECT count(*) FROM ") + table.name);
}

// Keeps servers out until the end of the transaction.
void LockTarget(pqxx::transaction_base& target) {
  std::string names;
  for (const CopiedTable& table : CopiedTables()) {
    names += (names.empty() ? "" : ", ") + std::string(table.name);
  }
  target.exec("LOCK TABLE " + names + " IN ACCESS EXCLUSIVE MODE");
}

std::optional<std::string> FindReasonAgainst(pqxx::transaction_base& target) {
  const pqxx::result version = target.exec("SELECT version, dirty FROM schema_migrations");
  const int newest = PostgresMigrations().back().version;
  if (version.size() != 1 || version[0][0].as<int>() != newest || version[0][1].as<bool>()) {
    return "the database has not the schema of this program; migrate it first";
  }
  LockTarget(target);
  for (const CopiedTable& table : CopiedTables()) {
    if (CountTarget(target, table) > 0) {
      return "the database is not empty: there are rows in " + std::string(table.name);
    }
  }
  return std::nullopt;
}

int CountColumns(const CopiedTable& table) {
  return 1 + static_cast<int>(std::ranges::count(std::string_view(table.columns), ','));
}

void CopyTable(sqlite::Connection& source, pqxx::transaction_base& target,
               const CopiedTable& table) {
  const int columns = CountColumns(table);
  auto stream = pqxx::stream_to::raw_table(target, table.name, table.columns);
  sqlite::Statement rows(source, table.rows);
  std::vector<std::optional<std::string>> values(columns);
  while (rows.Step()) {
    for (int i = 0; i < columns; ++i) values[i] = rows.Get<std::optional<std::string>>(i);
    stream.write_row(values);
  }
  stream.complete();
}

// The embedded server was node 0. No id that it may have made is made again, whatever the clocks
// say.
void CopyIdFloor(sqlite::Connection& source, pqxx::transaction_base& target) {
  sqlite::Statement floor(source, "SELECT id_floor_ms FROM nodes WHERE number = 0");
  if (!floor.Step()) return;
  target.exec(
      "INSERT INTO id_floors (number, id_floor_ms) VALUES (0, $1) "
      "ON CONFLICT (number) DO UPDATE "
      "SET id_floor_ms = greatest(id_floors.id_floor_ms, excluded.id_floor_ms)",
      pqxx::params{floor.Get<std::int64_t>(0)});
}

std::unique_ptr<postgres::Connection> Connect(const std::string& url) {
  return postgres::Connection::Open({.address = url,
                                     .purpose = "chatctl",
                                     .statement_timeout = kStatementTimeout,
                                     .lock_timeout = kLockTimeout},
                                    std::chrono::steady_clock::now() + kConnectTimeout);
}

Outcome CopyTables(sqlite::Connection& source, pqxx::transaction_base& target) {
  if (auto reason = FindReasonAgainst(target)) return Refuse(*std::move(reason));
  std::vector<CopiedCount> counts;
  for (const CopiedTable& table : CopiedTables()) {
    CopyTable(source, target, table);
    const std::int64_t rows = CountSource(source, table);
    if (source.failed()) return Refuse("cannot read the file: " + source.failure()->message);
    if (CountTarget(target, table) != rows) {
      return Refuse("not all rows arrived in " + std::string(table.name));
    }
    counts.push_back({.table = table.name, .rows = rows});
  }
  CopyIdFloor(source, target);
  return counts;
}

}  // namespace

std::expected<std::vector<CopiedCount>, std::string> CopyStore(const CopyRequest& request) {
  auto source = OpenSource(request.from);
  if (!source) return Refuse(source.error());
  try {
    const auto connection = Connect(request.to);
    pqxx::work target(connection->pq());
    Outcome copied = CopyTables(source->connection, target);
    if (copied) target.commit();
    return copied;
  } catch (const std::exception& failure) {
    return Refuse(std::string("the database refused: ") + failure.what());
  }
}

}  // namespace chat::chatctl
