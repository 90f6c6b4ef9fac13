#include "server/app/embedded_backend.h"

#include <utility>
#include <vector>

#include "server/app/rate_metrics.h"
#include "server/sqlite/accounts.h"
#include "server/sqlite/blocks.h"
#include "server/sqlite/contacts.h"
#include "server/sqlite/conversations.h"
#include "server/sqlite/dependency.h"
#include "server/sqlite/groups.h"
#include "server/sqlite/inspection.h"
#include "server/sqlite/marks.h"
#include "server/sqlite/message_changes.h"
#include "server/sqlite/messages.h"
#include "server/sqlite/presence_records.h"
#include "server/sqlite/search.h"
#include "server/sqlite/search_index.h"
#include "server/sqlite/sessions.h"
#include "server/sqlite/signing_keys.h"
#include "server/sqlite/updates.h"

namespace chat::app {
namespace {

sqlite::MigrationMode ToMode(config::Migrations migrations) {
  switch (migrations) {
    case config::Migrations::kAuto:
      return sqlite::MigrationMode::kAuto;
    case config::Migrations::kCheck:
      return sqlite::MigrationMode::kCheck;
    case config::Migrations::kOff:
      return sqlite::MigrationMode::kOff;
  }
  return sqlite::MigrationMode::kAuto;
}

}  // namespace

std::expected<std::unique_ptr<EmbeddedBackend>, std::string> EmbeddedBackend::Open(
    const config::Config& config) {
  std::unique_ptr<EmbeddedBackend> backend(new EmbeddedBackend(config.rates));
  auto database = sqlite::Database::Open({.data_dir = config.data_dir,
                                          .migrations = ToMode(config.migrate),
                                          .writer = {},
                                          .readers = {}},
                                         {.clock = backend->clock_, .bus = backend->bus_});
  if (!database) return std::unexpected(std::move(database.error().detail));
  backend->database_ = *std::move(database);
  return backend;
}

EmbeddedBackend::~EmbeddedBackend() { Stop(); }

ShardPorts EmbeddedBackend::MakePorts(Executor& home) {
  sqlite::Database& database = *database_;
  ShardPorts ports{.accounts = std::make_unique<sqlite::Accounts>(database, home),
                   .sessions = std::make_unique<sqlite::Sessions>(database, home),
                   .contacts = std::make_unique<sqlite::Contacts>(database, home),
                   .blocks = std::make_unique<sqlite::Blocks>(database, home),
                   .conversations = std::make_unique<sqlite::Conversations>(database, home),
                   .groups = std::make_unique<sqlite::Groups>(database, home),
                   .messages = std::make_unique<sqlite::Messages>(database, home),
                   .marks = std::make_unique<sqlite::Marks>(database, home),
                   .message_changes = std::make_unique<sqlite::MessageChanges>(database, home),
                   .search = std::make_unique<sqlite::Search>(database, home),
                   .presence_records = std::make_unique<sqlite::PresenceRecords>(database, home),
                   .updates = std::make_unique<sqlite::Updates>(database, home),
                   .dependencies = {}};
  ports.dependencies.push_back({"sqlite", std::make_unique<sqlite::Dependency>(database, home)});
  return ports;
}

std::unique_ptr<SigningKeys> EmbeddedBackend::MakeSigningKeys(Executor& home) {
  return std::make_unique<sqlite::SigningKeys>(*database_, home);
}

std::unique_ptr<Inspection> EmbeddedBackend::MakeInspection(Executor& home) {
  return std::make_unique<sqlite::Inspection>(*database_, home);
}

void EmbeddedBackend::Start(std::function<void()>) {
  bus_.Subscribe(search_.subscriber());
  search_.Start(std::make_unique<sqlite::SearchIndex>(*database_, search_.executor()));
}

void EmbeddedBackend::Stop() {
  search_.Stop();
  if (database_) database_->Stop();
}

BackendCounters EmbeddedBackend::counters() const {
  const sqlite::DatabaseCounters store = database_->counters();
  std::vector<telemetry::PartNumber> parts = RateNumbers(rate_limits_.refused());
  const std::vector<telemetry::PartNumber> search = search_.numbers();
  parts.insert(parts.end(), search.begin(), search.end());
  return {.store = {.commits = store.commits,
                    .writes = store.writes,
                    .reads = store.reads,
                    .committed = store.committed},
          .queues = {{"writes", store.write_queue}, {"reads", store.read_queue}},
          .parts = std::move(parts),
          .histograms = {}};
}

}  // namespace chat::app
