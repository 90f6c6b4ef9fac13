#include "server/app/clustered_backend.h"

#include <array>
#include <bit>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "server/app/cluster_metrics.h"
#include "server/app/rate_metrics.h"
#include "server/app/report_dependency.h"
#include "server/app/startup_loop.h"
#include "server/auth/secure_random.h"
#include "server/postgres/accounts.h"
#include "server/postgres/blocks.h"
#include "server/postgres/commit_log.h"
#include "server/postgres/contacts.h"
#include "server/postgres/conversations.h"
#include "server/postgres/dependency.h"
#include "server/postgres/groups.h"
#include "server/postgres/inspection.h"
#include "server/postgres/lease.h"
#include "server/postgres/marks.h"
#include "server/postgres/message_changes.h"
#include "server/postgres/messages.h"
#include "server/postgres/nodes.h"
#include "server/postgres/presence_records.h"
#include "server/postgres/search.h"
#include "server/postgres/search_index.h"
#include "server/postgres/sessions.h"
#include "server/postgres/signing_keys.h"
#include "server/postgres/updates.h"
#include "server/redis/dependency.h"
#include "server/redis/redis_url.h"
#include "server/telemetry/log.h"

namespace chat::app {
namespace {

using telemetry::Log;
using telemetry::Severity;

// How long PostgreSQL may take to be there when the server starts, and how often it is asked.
constexpr std::chrono::seconds kConnectPatience{30};
constexpr std::chrono::seconds kConnectInterval{1};

// How long Redis may take to say what it is; one that is away may come later.
constexpr std::chrono::seconds kProbePatience{2};

postgres::MigrationMode ToMode(config::Migrations migrations) {
  switch (migrations) {
    case config::Migrations::kAuto:
      return postgres::MigrationMode::kAuto;
    case config::Migrations::kCheck:
      return postgres::MigrationMode::kCheck;
    case config::Migrations::kOff:
      return postgres::MigrationMode::kOff;
  }
  return postgres::MigrationMode::kAuto;
}

postgres::DatabaseOptions MakeOptions(const config::Config& config) {
  postgres::DatabaseOptions options;
  options.address = config.postgres->secret_text();
  options.node_name = config.node;
  options.migrations = ToMode(config.migrate);
  options.durability = config.durability == config::Durability::kUnsafe
                           ? postgres::Durability::kUnchecked
                           : postgres::Durability::kRequired;
  return options;
}

// Only a PostgreSQL that cannot be reached may become another one by waiting.
std::expected<std::unique_ptr<postgres::Database>, std::string> Connect(
    const config::Config& config, Bus& bus) {
  const auto end = std::chrono::steady_clock::now() + kConnectPatience;
  while (true) {
    auto database = postgres::Database::Open(MakeOptions(config), {.bus = bus});
    if (database) return *std::move(database);
    const std::string why = config::HidePasswords(database.error().detail);
    if (database.error().code != postgres::OpenErrorCode::kConnect ||
        std::chrono::steady_clock::now() + kConnectInterval > end) {
      return std::unexpected(why);
    }
    Log(Severity::kWarn, "postgres_unreachable", {{"reason", why}});
    StartupLoop().RunUntil([] { return false; }, kConnectInterval);
  }
}

std::uint32_t RandomNumber() {
  std::array<std::uint8_t, sizeof(std::uint32_t)> bytes;
  auth::SystemRandom().Fill(bytes);
  return std::bit_cast<std::uint32_t>(bytes);
}

void LogRedis(const redis::BroadcastState& state) {
  const bool joined = state.status == redis::BroadcastStatus::kJoined;
  if (joined) return Log(Severity::kInfo, "redis_joined");
  Log(Severity::kWarn, "redis_lost", {{"reason", state.detail}});
}

// Hears nothing of what nodes say.
class Nobody : public BroadcastListener {
 public:
  void Heard(std::string_view) override {}
  void Joined() override {}
  void Lost() override {}
};

// What waiting cannot mend, a Redis Cluster say, is told at the start, where somebody reads it.
// Errors: one sentence.
std::expected<void, std::string> RefuseUnsupported(const redis::RedisUrl& url) {
  asio::io_context loop;
  auto probe = redis::Broadcast::Open(loop.get_executor(), {.url = url, .random = RandomNumber});
  if (!probe) return std::unexpected(std::move(probe.error()));
  Nobody nobody;
  (*probe)->Start(nobody);
  const auto end = std::chrono::steady_clock::now() + kProbePatience;
  const auto undecided = [&] {
    return (*probe)->state().status == redis::BroadcastStatus::kConnecting;
  };
  while (undecided() && loop.run_one_until(end) > 0) {
  }
  const redis::BroadcastState state = (*probe)->state();
  (*probe)->Stop();
  if (state.status != redis::BroadcastStatus::kUnsupported) return {};
  return std::unexpected(state.detail);
}

void LogKind(const config::Config& config) {
  if (config.durability == config::Durability::kUnsafe) {
    Log(Severity::kWarn, "durability_unchecked",
        {{"reason", "--durability unsafe: what was acked may be lost when PostgreSQL crashes"}});
  }
  if (!config.redis) {
    Log(Severity::kWarn, "no_redis",
        {{"reason", "other nodes are noticed through PostgreSQL only, and later"}});
  }
}

}  // namespace

std::expected<std::unique_ptr<ClusteredBackend>, std::string> ClusteredBackend::Open(
    const config::Config& config) {
  LogKind(config);
  std::unique_ptr<ClusteredBackend> backend(new ClusteredBackend(config.rates));
  auto database = Connect(config, backend->from_here_);
  if (!database) return std::unexpected(std::move(database.error()));
  backend->database_ = *std::move(database);
  backend->loop_ = std::make_unique<ClusterLoop>(backend->database_->clock());
  backend->search_ = std::make_unique<SearchLoop>(backend->database_->clock());
  if (auto opened = backend->OpenRedis(config); !opened) return std::unexpected(opened.error());
  return backend;
}

// It connects later, and for ever: Redis may be away when a node starts.
std::expected<void, std::string> ClusteredBackend::OpenRedis(const config::Config& config) {
  if (!config.redis) return {};
  auto url = redis::ParseRedisUrl(config.redis->secret_text());
  if (!url) return std::unexpected("--redis: " + config::HidePasswords(url.error()));
  if (auto fits = RefuseUnsupported(*url); !fits) {
    return std::unexpected("--redis: " + config::HidePasswords(fits.error()));
  }
  const std::string key_prefix = url->channel();
  auto opened = redis::Broadcast::Open(
      loop_->io_context().get_executor(),
      {.url = *std::move(url), .random = RandomNumber, .on_change = LogRedis});
  if (!opened) return std::unexpected("--redis: " + config::HidePasswords(opened.error()));
  redis_ = *std::move(opened);
  if (config.rates) rate_limits_ = ShareRateLimits(key_prefix);
  return {};
}

std::unique_ptr<redis::RateLimits> ClusteredBackend::ShareRateLimits(std::string key_prefix) {
  return std::make_unique<redis::RateLimits>(redis::RateLimitsParts{
      .loop = loop_->executor(),
      .timers = loop_->io_context().get_executor(),
      .redis = *redis_,
      .local = local_rate_limits_,
      .key_prefix = std::move(key_prefix),
      .node = std::to_string(RandomNumber()) + "-" + std::to_string(RandomNumber())});
}

// What still waits in the store completes on the loop, which therefore ends after it.
ClusteredBackend::~ClusteredBackend() { Stop(); }

ShardPorts ClusteredBackend::MakePorts(Executor& home) {
  postgres::Database& database = *database_;
  ShardPorts ports{.accounts = std::make_unique<postgres::Accounts>(database, home),
                   .sessions = std::make_unique<postgres::Sessions>(database, home),
                   .contacts = std::make_unique<postgres::Contacts>(database, home),
                   .blocks = std::make_unique<postgres::Blocks>(database, home),
                   .conversations = std::make_unique<postgres::Conversations>(database, home),
                   .groups = std::make_unique<postgres::Groups>(database, home),
                   .messages = std::make_unique<postgres::Messages>(database, home),
                   .marks = std::make_unique<postgres::Marks>(database, home),
                   .message_changes = std::make_unique<postgres::MessageChanges>(database, home),
                   .search = std::make_unique<postgres::Search>(database, home),
                   .presence_records = std::make_unique<postgres::PresenceRecords>(database, home),
                   .updates = std::make_unique<postgres::Updates>(database, home),
                   .dependencies = {}};
  ports.dependencies.push_back(
      {"postgres", std::make_unique<postgres::Dependency>(database, home)});
  ports.dependencies.push_back({"cluster", MakeClusterDependency(*loop_, home)});
  if (redis_) {
    ports.dependencies.push_back(
        {"redis",
         std::make_unique<redis::Dependency>(loop_->io_context().get_executor(), *redis_, home),
         Need::kShown});
  }
  return ports;
}

std::unique_ptr<SigningKeys> ClusteredBackend::MakeSigningKeys(Executor& home) {
  return std::make_unique<postgres::SigningKeys>(*database_, home);
}

std::unique_ptr<Inspection> ClusteredBackend::MakeInspection(Executor& home) {
  return std::make_unique<postgres::Inspection>(*database_, home);
}

const Clock& ClusteredBackend::clock() const { return database_->clock(); }

void ClusteredBackend::Subscribe(BusSubscriber subscriber) {
  from_here_.Subscribe(subscriber);
  from_others_.Subscribe(std::move(subscriber));
}

void ClusteredBackend::Start(std::function<void()> on_lost_track) {
  from_here_.Subscribe(
      {loop_->executor(), [this](const BusMessage& message) { loop_->Handle(message); }});
  from_here_.Subscribe(search_->subscriber());
  from_others_.Subscribe(search_->subscriber());
  search_->Start(std::make_unique<postgres::SearchIndex>(*database_, search_->executor()));
  if (redis_) loop_->executor().Post([this] { redis_->Start(*loop_); });
  loop_->Start({.to_shards = from_others_,
                .log = std::make_unique<postgres::CommitLog>(*database_, loop_->executor()),
                .nodes = std::make_unique<postgres::Nodes>(*database_, loop_->executor()),
                .broadcast = broadcast(),
                .after_turn = [this] { CountRedis(); }},
               database_->lease().held().epoch, [this, on_lost_track = std::move(on_lost_track)] {
                 search_->LookAtAll();
                 on_lost_track();
               });
}

RateLimits& ClusteredBackend::rate_limits() {
  if (rate_limits_) return *rate_limits_;
  return local_rate_limits_;
}

Broadcast& ClusteredBackend::broadcast() {
  if (redis_) return *redis_;
  return silence_;
}

void ClusteredBackend::CountRedis() {
  if (!redis_) return;
  const std::lock_guard lock(mutex_);
  redis_counters_ = redis_->counters();
}

std::vector<telemetry::PartNumber> ClusteredBackend::PartNumbers(
    const postgres::DatabaseCounters& store, const redis::BroadcastCounters& redis) const {
  std::vector<telemetry::PartNumber> numbers = ClusterNumbers(loop_->report());
  const auto add = [&](const std::vector<telemetry::PartNumber>& more) {
    numbers.insert(numbers.end(), more.begin(), more.end());
  };
  add(RateNumbers(local_rate_limits_.refused()));
  add(search_->numbers());
  add(PostgresNumbers(store));
  if (redis_) add(RedisNumbers(redis));
  return numbers;
}

redis::BroadcastCounters ClusteredBackend::redis_counters() const {
  const std::lock_guard lock(mutex_);
  return redis_counters_;
}

BackendCounters ClusteredBackend::counters() const {
  const postgres::DatabaseCounters store = database_->counters();
  const redis::BroadcastCounters redis = redis_counters();
  std::vector<telemetry::PartHistogram> histograms;
  if (redis_) histograms.push_back(RedisRoundTrips(redis));
  return {.store = {.commits = store.commits,
                    .writes = store.appends + store.changes + store.writes,
                    .reads = store.reads,
                    .committed = store.committed},
          .queues = {{"appends", store.append_queue},
                     {"locked_appends", store.locked_append_queue},
                     {"changes", store.change_queue},
                     {"writes", store.write_queue},
                     {"reads", store.read_queue},
                     {"log_reads", store.log_read_queue},
                     {"nodes", store.control_queue}},
          .parts = PartNumbers(store, redis),
          .histograms = std::move(histograms)};
}

void ClusteredBackend::Stop() {
  if (loop_) loop_->Stop();
  if (search_) search_->Stop();
  if (database_) database_->Stop();
}

}  // namespace chat::app
