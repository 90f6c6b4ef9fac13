#include "server/postgres/pool.h"

#include <exception>
#include <limits>
#include <optional>
#include <utility>

#include "server/postgres/attempts.h"

namespace chat::postgres {
namespace {

void PostCompletion(std::unique_ptr<TransactionJob> job) {
  Executor& home = job->home();
  home.Post([job = std::move(job)] { job->Complete(); });
}

}  // namespace

Pool::Pool(Options options, Surroundings surroundings)
    : options_(std::move(options)),
      surroundings_(surroundings),
      // What a job holds while it waits is small and bounded by its port: counting is enough.
      queue_({.items_max = options_.queue_jobs_max,
              .bytes_max = std::numeric_limits<std::size_t>::max()}) {
  while (threads_.size() < options_.threads) {
    threads_.emplace_back([this] { Run(); });
  }
}

Pool::~Pool() { Stop(); }

void Pool::Submit(std::unique_ptr<TransactionJob> job) {
  ++job_count_;
  Waiting waiting{std::move(job), DeadlineAfter(options_.deadline)};
  if (!queue_.TryPush(waiting, 0)) PostCompletion(std::move(waiting.job));
}

void Pool::Stop() {
  for (Waiting& waiting : queue_.Close()) PostCompletion(std::move(waiting.job));
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Pool::Run() {
  Link link(options_.connect, {surroundings_.watchdog, surroundings_.health});
  while (true) {
    std::vector<Waiting> taken = queue_.Take(1);
    if (taken.empty()) return;
    RunJob(link, taken.front());
    PostCompletion(std::move(taken.front().job));
  }
}

void Pool::RunJob(Link& link, Waiting& waiting) {
  Attempts attempts(waiting.deadline);
  while (!attempts.overdue()) {
    const LeaseKey lease = surroundings_.lease.held();
    try {
      link.Use(waiting.deadline,
               [&](Connection& connection) { return RunOnce(connection, *waiting.job), true; });
      surroundings_.health.Succeed();
      return;
    } catch (const LeaseEnded&) {
      try {
        if (attempts.TryAgainWithNewLease(surroundings_.lease, link, lease)) continue;
      } catch (const std::exception& error) {
        surroundings_.health.Fail(error.what());
      }
      break;
    } catch (const pqxx::broken_connection&) {
      // The link has said why.
    } catch (const pqxx::sql_error& error) {
      if (attempts.TryAgainAfter(error)) continue;
      surroundings_.health.Fail(error.what());
      break;
    } catch (const std::exception& error) {
      surroundings_.health.Fail(error.what());
      break;
    }
  }
  waiting.job->MakeUnavailable();
}

void Pool::RunOnce(Connection& connection, TransactionJob& job) {
  if (options_.kind == Kind::kWrites) return RunInTransaction(connection, job);
  pqxx::nontransaction sql(connection.pq());
  Transaction transaction{connection, sql, surroundings_.clock.Now(), surroundings_.lease.ids()};
  job.Run(transaction);
}

void Pool::RunInTransaction(Connection& connection, TransactionJob& job) {
  surroundings_.lease.RaiseIdFloor(connection);
  pqxx::work sql(connection.pq());
  Lease::Hold(connection, sql, surroundings_.lease.held());
  Transaction transaction{connection, sql, surroundings_.clock.Now(), surroundings_.lease.ids()};
  job.Run(transaction);
  sql.commit();
}

}  // namespace chat::postgres
