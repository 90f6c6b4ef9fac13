// Takes PostgreSQL's schema up or down, or tells where it is, with the code that servers use when
// they start: for those who would rather not have servers do it.
#include "server/postgres/migrate.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <expected>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "migrations/migration.h"
#include "migrations/postgres_migrations.h"
#include "server/postgres/connection.h"

namespace {

using chat::Migration;
using chat::PostgresMigrations;
using chat::postgres::Connection;
using chat::postgres::OpenError;

// A migration rewrites tables if it must; nobody waits for it but the operator.
constexpr std::chrono::hours kStatementTimeout{24};
// Servers that are still running hold locks for moments only.
constexpr std::chrono::minutes kLockTimeout{1};
constexpr std::chrono::seconds kConnectTimeout{10};

struct SchemaState {
  std::int64_t version = 0;  // 0: nothing applied yet
  bool dirty = false;
};

std::unique_ptr<Connection> Connect(const std::string& url) {
  return Connection::Open({.address = url,
                           .purpose = "migrate",
                           .statement_timeout = kStatementTimeout,
                           .lock_timeout = kLockTimeout},
                          std::chrono::steady_clock::now() + kConnectTimeout);
}

SchemaState ReadState(Connection& connection) {
  pqxx::nontransaction sql(connection.pq());
  if (!sql.query_value<bool>("SELECT to_regclass('schema_migrations') IS NOT NULL")) return {};
  const pqxx::result rows = sql.exec("SELECT version, dirty FROM schema_migrations LIMIT 1");
  if (rows.empty()) return {};
  return {.version = rows[0][0].as<std::int64_t>(), .dirty = rows[0][1].as<bool>()};
}

int Tell(Connection& connection) {
  const SchemaState state = ReadState(connection);
  std::printf("version %lld\ndirty %s\n", static_cast<long long>(state.version),
              state.dirty ? "yes" : "no");
  for (const Migration& migration : PostgresMigrations()) {
    if (migration.version <= state.version) continue;
    std::printf("pending %06d_%s\n", migration.version, std::string(migration.name).c_str());
  }
  return 0;
}

int TellAfter(Connection& connection, const std::expected<void, OpenError>& migrated) {
  if (migrated) return Tell(connection);
  std::fprintf(stderr, "migrate: %s\n", migrated.error().detail.c_str());
  return 1;
}

int GoUp(Connection& connection) {
  return TellAfter(connection, chat::postgres::Migrate(connection, PostgresMigrations(),
                                                       chat::postgres::MigrationMode::kAuto));
}

int GoOneDown(Connection& connection) {
  const SchemaState state = ReadState(connection);
  if (state.version == 0) return Tell(connection);
  return TellAfter(connection, chat::postgres::MigrateDown(connection, PostgresMigrations(),
                                                           static_cast<int>(state.version) - 1));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Migrates the schema of a chat server's PostgreSQL.", "migrate");
  app.require_subcommand(1);
  std::string url;
  const auto add = [&](const char* name, const char* description) {
    CLI::App* const command = app.add_subcommand(name, description);
    command->add_option("--database", url, "URL of the database")->required();
    return command;
  };
  CLI::App* const up = add("up", "Goes to the version of this program");
  CLI::App* const down =
      add("down", "Goes one version back, and loses what only the newer one keeps");
  add("status", "Prints the version, whether it is dirty, and what is pending");
  CLI11_PARSE(app, argc, argv);
  try {
    const std::unique_ptr<Connection> connection = Connect(url);
    if (up->parsed()) return GoUp(*connection);
    if (down->parsed()) return GoOneDown(*connection);
    return Tell(*connection);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "migrate: %s\n", failure.what());
    return 1;
  }
}
