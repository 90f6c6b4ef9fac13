#include "tests/contracts/postgres_databases.h"

#include <cassert>
#include <chrono>
#include <pqxx/pqxx>

#include "migrations/postgres_migrations.h"
#include "server/postgres/connection.h"
#include "server/postgres/migrate.h"
#include "tests/harness/postgres_server.h"

namespace chat::contracts {
namespace {

constexpr char kTemplate[] = "migrated";

// What is tested on it is not whether it survives a loss of power.
testing::PostgresServer& Server() {
  static testing::PostgresServer server(
      {.settings = {"fsync=off", "max_connections=200", "deadlock_timeout=200ms"}});
  return server;
}

std::string UrlOf(const std::string& database) {
  std::string url = Server().url();
  const std::string default_path = "/postgres?";
  const std::size_t path = url.find(default_path);
  assert(path != std::string::npos);
  return url.replace(path, default_path.size(), "/" + database + "?");
}

// Made once: a copy of its files is much faster than the migrations.
void MakeTemplate() {
  static const bool made = [] {
    Server().Execute(std::string("CREATE DATABASE ") + kTemplate);
    const auto connection =
        postgres::Connection::Open({.address = UrlOf(kTemplate), .purpose = "migrations"},
                                   std::chrono::steady_clock::now() + std::chrono::seconds(30));
    return postgres::Migrate(*connection, PostgresMigrations(), postgres::MigrationMode::kAuto)
        .has_value();
  }();
  assert(made);
}

std::string NextName() {
  static int count = 0;
  return "test_" + std::to_string(++count);
}

}  // namespace

FreshDatabase::FreshDatabase(Contents contents) : name_(NextName()) {
  std::string statement = "CREATE DATABASE " + name_;
  if (contents == Contents::kSchema) {
    MakeTemplate();
    statement += std::string(" TEMPLATE ") + kTemplate;
  }
  Server().Execute(statement);
}

FreshDatabase::~FreshDatabase() { Server().Execute("DROP DATABASE " + name_ + " WITH (FORCE)"); }

std::string FreshDatabase::url() const { return UrlOf(name_); }

}  // namespace chat::contracts
