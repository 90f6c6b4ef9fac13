// A few threads that run jobs beside each other, each on its own connection and each job in a
// transaction of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "server/jobs/bounded_queue.h"
#include "server/jobs/job.h"
#include "server/measures/queue_measures.h"
#include "server/ports/clock.h"
#include "server/postgres/lease.h"
#include "server/postgres/link.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

using TransactionJob = Job<Transaction>;

// Thread: Submit any; its own run the jobs.
// Lifetime: Stop, or the destructor, ends it; all that it was given and the executors outlive it.
class Pool {
 public:
  enum class Kind {
    kReads,   // no transaction: each statement has a snapshot of its own
    kWrites,  // holds the lease and commits
  };

  struct Options {
    Kind kind = Kind::kReads;
    std::size_t threads = 1;
    std::size_t queue_jobs_max = 4096;
    std::chrono::milliseconds deadline{2000};  // from Submit to the answer
    ConnectOptions connect;
  };

  struct Surroundings {
    const Clock& clock;
    Lease& lease;
    Health& health;
    Watchdog& watchdog;
  };

  Pool(Options options, Surroundings surroundings);
  ~Pool();

  // A job that does not fit into the queue, fails, or misses the deadline completes with
  // kUnavailable; so does one whose commit was not answered. A job that lost a connection or a
  // conflict before its commit runs again.
  void Submit(std::unique_ptr<TransactionJob> job);

  // Jobs submitted since the start.
  std::uint64_t job_count() const { return job_count_.load(); }
  QueueMeasures queue_measures() const { return queue_.measures(); }

  // Finishes the jobs that run, completes the rest with kUnavailable, and ends.
  void Stop();

 private:
  struct Waiting {
    std::unique_ptr<TransactionJob> job;
    SteadyTime deadline;
  };

  void Run();
  void RunJob(Link& link, Waiting& waiting);
  void RunOnce(Connection& connection, TransactionJob& job);
  void RunInTransaction(Connection& connection, TransactionJob& job);

  const Options options_;
  const Surroundings surroundings_;
  BoundedQueue<Waiting> queue_;
  std::atomic<std::uint64_t> job_count_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace chat::postgres
