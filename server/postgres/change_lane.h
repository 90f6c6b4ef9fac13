// The thread that changes what users are told of besides messages: contacts, conversations,
// sessions. One transaction for each job, one after the other, numbered in the commit log.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

#include "server/jobs/bounded_queue.h"
#include "server/jobs/job.h"
#include "server/measures/queue_measures.h"
#include "server/ports/bus.h"
#include "server/postgres/append_log.h"
#include "server/postgres/attempts.h"
#include "server/postgres/lease.h"
#include "server/postgres/link.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

using ChangeJob = Job<ChangeTransaction>;

// A commit whose answer was lost is looked up in the commit log, so that its job is neither told as
// failed nor run twice. Where nothing was logged, because nobody is to be told, the job completes
// with kUnavailable.
//
// Thread: Submit any; its own runs the jobs.
// Lifetime: Stop, or the destructor, ends it; all that it was given and the executors outlive it.
class ChangeLane {
 public:
  struct Options {
    std::size_t queue_jobs_max;
    std::chrono::milliseconds deadline;  // from Submit to the answer
    ConnectOptions connect;
  };

  ChangeLane(Options options, AppendLog::Surroundings surroundings);
  ~ChangeLane();

  // A job that does not fit into the queue, fails, or misses the deadline completes with
  // kUnavailable. A job that lost a connection or a conflict before its commit runs again.
  // `bytes`: about how much memory it holds while it waits.
  void Submit(std::unique_ptr<ChangeJob> job, std::size_t bytes = 0);

  // Jobs submitted since the start.
  std::uint64_t job_count() const { return job_count_.load(); }
  QueueMeasures queue_measures() const { return queue_.measures(); }

  // Finishes the job that runs, completes the rest with kUnavailable, and ends.
  void Stop();

 private:
  struct Waiting {
    std::unique_ptr<ChangeJob> job;
    SteadyTime deadline;
  };

  // How far one job has come.
  struct Progress {
    Attempts attempts;
    LeaseKey lease;
    std::shared_ptr<CommitBatch> batch;
    bool committing = false;  // the commit of `batch` was asked for and not answered
    bool committed = false;
    bool given_up = false;
    std::chrono::steady_clock::duration commit_time{};
  };

  void Run();
  void RunJob(Waiting& waiting);
  void Attempt(Progress& progress, ChangeJob& job);
  void TryOnce(Progress& progress, ChangeJob& job, Connection& connection);
  void WriteLog(const CommitBatch& batch, UnixTime now, pqxx::transaction_base& sql,
                Connection& connection);
  void Settle(Progress& progress, Connection& connection);
  void FollowLease(LeaseKey lease);
  void ReplaceLease(Progress& progress);
  void Publish(const Progress& progress);

  const Options options_;
  const AppendLog::Surroundings surroundings_;
  Link link_;
  Epoch epoch_;
  std::uint64_t next_batch_ = 1;
  // Whether `next_batch_` may have been committed without an answer.
  bool in_doubt_ = false;
  BoundedQueue<Waiting> queue_;
  std::atomic<std::uint64_t> job_count_ = 0;
  std::thread thread_;
};

}  // namespace chat::postgres
