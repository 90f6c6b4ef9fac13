#include "server/postgres/database.h"

#include <exception>
#include <optional>
#include <vector>

#include "migrations/postgres_migrations.h"
#include "server/postgres/append_lanes.h"
#include "server/postgres/change_lane.h"
#include "server/postgres/health.h"
#include "server/postgres/lease.h"
#include "server/postgres/migrate.h"
#include "server/postgres/open_checks.h"
#include "server/postgres/pool.h"
#include "server/postgres/store_clock.h"
#include "server/postgres/upkeep.h"
#include "server/postgres/watchdog.h"

namespace chat::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kOpenDeadline{5};
constexpr seconds kLeaveDeadline{1};
constexpr std::size_t kSearchThreads = 2;
// Another server that starts may be migrating; a migration takes what it takes.
ConnectOptions OpeningOptions(const DatabaseOptions& options) {
  return {.address = options.address,
          .purpose = "start",
          .statement_timeout = milliseconds(0),
          .lock_timeout = std::chrono::minutes(5)};
}

ConnectOptions ServingOptions(const DatabaseOptions& options, const char* purpose, Access access) {
  return {.address = options.address, .purpose = purpose, .access = access};
}

std::expected<void, OpenError> Prepare(Connection& connection, const DatabaseOptions& options) {
  if (options.durability == Durability::kRequired) {
    const auto durable = CheckDurability(connection);
    if (!durable) return durable;
  }
  return Migrate(connection, PostgresMigrations(), options.migrations);
}

OpenError ConnectError(std::string why) {
  why = why.substr(0, why.find('\n'));
  return {OpenErrorCode::kConnect, "the store cannot be used: " + why};
}

}  // namespace

// In the order in which they must outlive each other.
struct Database::Parts {
  Parts(const DatabaseOptions& options, Surroundings surroundings, Connection& connection)
      : store_clock(Measured(connection)),
        clock(surroundings.clock != nullptr ? *surroundings.clock : *store_clock),
        lease(options.node_name, clock, connection),
        leaving(ServingOptions(options, "stop", Access::kReadWrite), {watchdog, health}),
        lanes({clock, surroundings.bus, lease, health, watchdog}),
        appends({.queue = options.appends,
                 .deadline = options.deadline,
                 .connect = ServingOptions(options, "", Access::kReadWrite)},
                lanes),
        changes({.queue_jobs_max = options.queue_jobs_max,
                 .deadline = options.deadline,
                 .connect = ServingOptions(options, "changes", Access::kReadWrite)},
                lanes),
        reads(ReadPool(options, "reads", options.reader_threads), pools()),
        log_reads(ReadPool(options, "log", 1), pools()),
        writes(WritePool(options, "writes", options.writer_threads), pools()),
        control(WritePool(options, "nodes", 1), pools()),
        searches(ReadPool(options, "search", kSearchThreads), pools()),
        index(WritePool(options, "index", 1), pools()),
        upkeep(ServingOptions(options, "upkeep", Access::kReadWrite), *store_clock,
               {watchdog, health}) {}

  static std::unique_ptr<StoreClock> Measured(Connection& connection) {
    auto clock = std::make_unique<StoreClock>();
    clock->Measure(connection);
    return clock;
  }

  static Pool::Options ReadPool(const DatabaseOptions& options, const char* purpose,
                                std::size_t threads) {
    return {.kind = Pool::Kind::kReads,
            .threads = threads,
            .queue_jobs_max = options.queue_jobs_max,
            .deadline = options.deadline,
            .connect = ServingOptions(options, purpose, Access::kReadOnly)};
  }

  static Pool::Options WritePool(const DatabaseOptions& options, const char* purpose,
                                 std::size_t threads) {
    return {.kind = Pool::Kind::kWrites,
            .threads = threads,
            .queue_jobs_max = options.queue_jobs_max,
            .deadline = options.deadline,
            .connect = ServingOptions(options, purpose, Access::kReadWrite)};
  }

  Pool::Surroundings pools() { return {clock, lease, health, watchdog}; }

  Health health;
  Watchdog watchdog;
  std::unique_ptr<StoreClock> store_clock;
  Clock& clock;
  Lease lease;
  Link leaving;
  bool left = false;
  AppendLog::Surroundings lanes;
  AppendLanes appends;
  ChangeLane changes;
  Pool reads;
  Pool log_reads;
  Pool writes;
  Pool control;
  Pool searches;
  Pool index;
  Upkeep upkeep;
};

std::expected<std::unique_ptr<Database>, OpenError> Database::Open(DatabaseOptions options,
                                                                   Surroundings surroundings) {
  try {
    const auto connection = Connection::Open(OpeningOptions(options), DeadlineAfter(kOpenDeadline));
    const auto prepared = Prepare(*connection, options);
    if (!prepared) return std::unexpected(prepared.error());
    return std::unique_ptr<Database>(
        new Database(std::make_unique<Parts>(options, surroundings, *connection)));
  } catch (const NoNodeNumberFree&) {
    return std::unexpected(OpenError{OpenErrorCode::kNodes,
                                     "all 1,024 node numbers are taken by leases in the store"});
  } catch (const std::exception& error) {
    return std::unexpected(ConnectError(error.what()));
  }
}

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Database::~Database() { Stop(); }

void Database::Append(Executor& home, NewMessage message, Completion<Appended, AppendError> done) {
  parts_->appends.Submit(home, std::move(message), std::move(done));
}

Clock& Database::clock() { return parts_->clock; }

Lease& Database::lease() { return parts_->lease; }

std::string Database::last_failure() const { return parts_->health.last_failure(); }

DatabaseCounters Database::counters() const {
  return {.commits = parts_->health.commits,
          .appends = parts_->appends.item_count(),
          .changes = parts_->changes.job_count(),
          .writes = parts_->writes.job_count(),
          .reads = parts_->reads.job_count() + parts_->searches.job_count(),
          .reconnects = parts_->health.reconnects,
          .doubts = parts_->health.doubts,
          .committed = parts_->health.commit_meter.measures(),
          .append_queue = parts_->appends.queue_measures(),
          .locked_append_queue = parts_->appends.locked_queue_measures(),
          .change_queue = parts_->changes.queue_measures(),
          .write_queue = parts_->writes.queue_measures(),
          .read_queue = parts_->reads.queue_measures(),
          .log_read_queue = parts_->log_reads.queue_measures(),
          .control_queue = parts_->control.queue_measures()};
}

void Database::Stop() {
  parts_->watchdog.EndPauses();
  parts_->upkeep.Stop();
  parts_->reads.Stop();
  parts_->log_reads.Stop();
  parts_->appends.Stop();
  parts_->changes.Stop();
  parts_->writes.Stop();
  parts_->control.Stop();
  parts_->searches.Stop();
  parts_->index.Stop();
  if (std::exchange(parts_->left, true)) return;
  try {
    parts_->leaving.Use(DeadlineAfter(kLeaveDeadline), [this](Connection& connection) {
      return parts_->lease.Leave(connection), true;
    });
  } catch (const std::exception&) {
    // Another node ends the lease, as that of a node that died.
  }
}

void Database::SubmitRead(std::unique_ptr<TransactionJob> job) {
  parts_->reads.Submit(std::move(job));
}

void Database::SubmitWrite(std::unique_ptr<TransactionJob> job) {
  parts_->writes.Submit(std::move(job));
}

void Database::SubmitChange(std::unique_ptr<ChangeJob> job, std::size_t bytes) {
  parts_->changes.Submit(std::move(job), bytes);
}

void Database::SubmitReadLog(std::unique_ptr<TransactionJob> job) {
  parts_->log_reads.Submit(std::move(job));
}

void Database::SubmitControl(std::unique_ptr<TransactionJob> job) {
  parts_->control.Submit(std::move(job));
}

void Database::SubmitReadSearch(std::unique_ptr<TransactionJob> job) {
  parts_->searches.Submit(std::move(job));
}

void Database::SubmitIndex(std::unique_ptr<TransactionJob> job) {
  parts_->index.Submit(std::move(job));
}

}  // namespace chat::postgres
