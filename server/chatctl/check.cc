#include "server/chatctl/check.h"

#include <chrono>
#include <cstdint>
#include <exception>
#include <expected>
#include <optional>
#include <pqxx/pqxx>
#include <span>
#include <system_error>
#include <utility>

#include "migrations/migration.h"
#include "migrations/postgres_migrations.h"
#include "migrations/sqlite_migrations.h"
#include "server/auth/admin_token.h"
#include "server/auth/keyring.h"
#include "server/auth/wrapping_secret.h"
#include "server/chatctl/check_redis.h"
#include "server/config/secret_url.h"
#include "server/ports/signing_keys.h"
#include "server/postgres/connection.h"
#include "server/postgres/open_checks.h"
#include "server/postgres/values.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/statement.h"

namespace chat::chatctl {
namespace {

using Secret = std::optional<auth::WrappingSecret>;
using Keys = std::vector<StoredSigningKey>;

constexpr std::chrono::seconds kConnectTimeout{10};

Checked Good(std::string what, std::string detail) {
  return {.what = std::move(what), .good = true, .detail = std::move(detail)};
}

Checked Bad(std::string what, std::string detail) {
  return {.what = std::move(what), .good = false, .detail = std::move(detail)};
}

Checked CheckSecret(const std::optional<std::filesystem::path>& file, Secret& secret) {
  if (!file) return Good("secret", "none: signing keys lie in the store as they are");
  auto read = auth::ReadWrappingSecret(*file);
  if (!read) return Bad("secret", read.error());
  secret = *std::move(read);
  return Good("secret", file->string());
}

Checked CheckAdminToken(const config::Config& config) {
  if (!config.admin_listen) return Good("admin token", "the admin port is off");
  if (!config.admin_token_file && config.postgres) {
    return Good("admin token", "none: this node does not serve chatctl");
  }
  const std::filesystem::path file =
      config.admin_token_file.value_or(config.data_dir / auth::kAdminTokenFile);
  std::error_code ignored;
  if (!config.admin_token_file && !std::filesystem::exists(file, ignored)) {
    return Good("admin token", "made at the start");
  }
  const auto token = auth::ReadAdminToken(file);
  return token ? Good("admin token", file.string()) : Bad("admin token", token.error());
}

// What the start would do about a schema of this version; nothing applied is 0.
Checked CheckSchema(std::int64_t version, bool dirty, std::span<const Migration> migrations,
                    config::Migrations mode) {
  const std::string number = std::to_string(version);
  const std::int64_t newest = migrations.back().version;
  if (mode == config::Migrations::kOff) return Good("schema", "version " + number + ", unchecked");
  if (dirty) return Bad("schema", "dirty at version " + number + ": repair it by hand");
  if (version > newest) {
    return Bad("schema",
               "version " + number + ", newer than this program's " + std::to_string(newest));
  }
  if (version == newest) return Good("schema", "version " + number);
  const std::string older =
      "version " + number + ", older than this program's " + std::to_string(newest);
  if (mode == config::Migrations::kCheck) return Bad("schema", older);
  return Good("schema", older + ": migrated at the start");
}

Checked CheckKeys(const Keys& keys, const Secret& secret) {
  if (keys.empty()) return Good("signing keys", "made at the start");
  const auto keyring = auth::Keyring::Open(keys, secret ? &*secret : nullptr);
  if (!keyring) return Bad("signing keys", std::string(auth::Explain(keyring.error())));
  return Good("signing keys", std::to_string(keys.size()) + ", the newest is number " +
                                  std::to_string(keyring->newest().key_id));
}

bool HasTable(sqlite::Connection& connection, const char* name) {
  return sqlite::Statement(connection,
                           "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", name)
      .Step();
}

std::vector<Checked> CheckFile(sqlite::Connection& file, const config::Config& config,
                               const Secret& secret) {
  std::vector<Checked> checked;
  std::int64_t version = 0;
  bool dirty = false;
  if (HasTable(file, "schema_migrations")) {
    sqlite::Statement row(file, "SELECT version, dirty FROM schema_migrations");
    if (row.Step()) version = row.Get<std::int64_t>(0), dirty = row.Get<bool>(1);
  }
  checked.push_back(CheckSchema(version, dirty, SqliteMigrations(), config.migrate));
  Keys keys;
  if (HasTable(file, "signing_keys")) {
    sqlite::Statement rows(file, "SELECT key_id, material FROM signing_keys ORDER BY key_id");
    while (rows.Step()) {
      keys.push_back({.key_id = static_cast<std::uint32_t>(rows.Get<std::int64_t>(0)),
                      .material = rows.Get<std::string>(1),
                      .created_at = {}});
    }
  }
  checked.push_back(CheckKeys(keys, secret));
  if (file.failed()) checked.push_back(Bad("store", "cannot be read: " + file.failure()->message));
  return checked;
}

std::vector<Checked> CheckEmbedded(const config::Config& config, const Secret& secret) {
  const std::filesystem::path path = config.data_dir / "chat.sqlite3";
  std::error_code failed;
  const bool exists = std::filesystem::exists(path, failed);
  if (failed) return {Bad("store", path.string() + ": " + failed.message())};
  if (!exists) return {Good("store", path.string() + ", made at the start")};
  auto file = sqlite::Connection::Open(path, sqlite::Access::kReadOnly);
  if (!file) return {Bad("store", "cannot open " + path.string() + ": " + file.error().message)};
  std::vector<Checked> checked = {Good("store", path.string())};
  for (Checked& more : CheckFile(*file, config, secret)) checked.push_back(std::move(more));
  return checked;
}

bool HasTable(pqxx::transaction_base& sql, const char* name) {
  return sql.query_value<bool>("SELECT to_regclass($1) IS NOT NULL", pqxx::params{name});
}

std::vector<Checked> CheckDatabase(postgres::Connection& connection, const config::Config& config,
                                   const Secret& secret) {
  std::vector<Checked> checked;
  if (config.durability == config::Durability::kRequired) {
    if (const auto durable = postgres::CheckDurability(connection); !durable) {
      checked.push_back(Bad("durability", durable.error().detail));
    }
  }
  pqxx::nontransaction sql(connection.pq());
  std::int64_t version = 0;
  bool dirty = false;
  if (HasTable(sql, "schema_migrations")) {
    const pqxx::result row = sql.exec("SELECT version, dirty FROM schema_migrations LIMIT 1");
    if (!row.empty()) version = row[0][0].as<std::int64_t>(), dirty = row[0][1].as<bool>();
  }
  checked.push_back(CheckSchema(version, dirty, PostgresMigrations(), config.migrate));
  Keys keys;
  if (HasTable(sql, "signing_keys")) {
    for (const pqxx::row& row :
         sql.exec("SELECT key_id, material FROM signing_keys ORDER BY key_id")) {
      keys.push_back({.key_id = static_cast<std::uint32_t>(row[0].as<std::int64_t>()),
                      .material = postgres::ReadBlob(row[1]),
                      .created_at = {}});
    }
  }
  checked.push_back(CheckKeys(keys, secret));
  return checked;
}

std::vector<Checked> CheckPostgres(const config::Config& config, const Secret& secret) {
  try {
    const auto connection = postgres::Connection::Open(
        {.address = config.postgres->secret_text(), .purpose = "chatctl"},
        std::chrono::steady_clock::now() + kConnectTimeout);
    std::vector<Checked> checked = {Good("store", config.postgres->shown())};
    for (Checked& more : CheckDatabase(*connection, config, secret)) {
      checked.push_back(std::move(more));
    }
    return checked;
  } catch (const std::exception& failure) {
    return {Bad("store", config::HidePasswords(failure.what()))};
  }
}

}  // namespace

std::vector<Checked> CheckAll(const config::Config& config) {
  Secret secret;
  std::vector<Checked> checked = {CheckSecret(config.secret_file, secret), CheckAdminToken(config)};
  const auto add = [&](std::vector<Checked> more) {
    for (Checked& one : more) checked.push_back(std::move(one));
  };
  add(config.postgres ? CheckPostgres(config, secret) : CheckEmbedded(config, secret));
  if (config.redis) {
    const auto redis = CheckRedis(config.redis->secret_text());
    const std::string shown = config.redis->shown();
    checked.push_back(redis ? Good("redis", shown)
                            : Bad("redis", config::HidePasswords(redis.error())));
  }
  return checked;
}

}  // namespace chat::chatctl
