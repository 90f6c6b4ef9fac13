// The one thread that changes the file. Jobs gather while a commit is in flight and go into the
// next one together (group commit): under load many share one fsync, alone a job waits for nobody.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/jobs/bounded_queue.h"
#include "server/jobs/job.h"
#include "server/measures/commit_meter.h"
#include "server/measures/queue_measures.h"
#include "server/ports/bus.h"
#include "server/ports/clock.h"
#include "server/ports/messages.h"
#include "server/sqlite/connection.h"

namespace chat::sqlite {

// What a job may use while it runs.
struct WriteTransaction {
  Connection& connection;
  UnixTime now;
  IdGenerator& ids;
  CommitBatch& batch;  // what the job changed, to be told to everybody after the commit
};

using WriteJob = Job<WriteTransaction>;

struct WriterLimits {
  QueueLimits queue = {.items_max = 4096, .bytes_max = 64 * 1024 * 1024};
  std::size_t batch_jobs_max = 256;
};

// For each batch of jobs: one transaction, in it a savepoint for each job; after the commit the
// CommitBatch goes to the bus, then the completions go home. A job that fails alone is undone alone
// and completes with kUnavailable; when the commit fails, all of them do and nothing is told.
//
// Batches are numbered from 1 without holes. Where the commit failed the number is told with an
// empty batch, because a reader may already have been given it as `as_of`.
//
// Failures heal by themselves: every batch tries anew.
//
// Thread: Submit and what tells of it any; its own runs the jobs.
// Lifetime: Stop, or the destructor, ends it; executors, bus and clock outlive it.
class Writer {
 public:
  struct Surroundings {
    Clock& clock;
    Bus& bus;
  };

  Writer(Connection connection, Surroundings surroundings, WriterLimits limits);
  ~Writer();

  // `bytes`: about how much memory the job holds while it waits.
  // Limits: a job that does not fit into the queue completes with kUnavailable at once.
  void Submit(std::unique_ptr<WriteJob> job, std::size_t bytes);

  // Finishes the batch that is being written, completes the rest with kUnavailable, and ends.
  void Stop();

  // Every effect that a read has seen is in a batch of this number or below, when it is asked after
  // the read.
  CommitNumber committing() const { return committing_.load(); }

  // Jobs submitted since the start.
  std::uint64_t job_count() const { return job_count_.load(); }

  QueueMeasures queue_measures() const { return queue_.measures(); }
  CommitMeasures committed() const { return meter_.measures(); }

  // Why the store cannot write, as of the last commit; empty when it can.
  std::string last_failure() const;

 private:
  void Run();
  void RunBatch(Jobs<WriteTransaction> jobs);
  bool TryCommit(Jobs<WriteTransaction>& jobs, CommitBatch& batch);
  bool RunJob(WriteJob& job, WriteTransaction& transaction);
  bool UndoJob(WriteJob& job);
  void RollBack();
  void RaiseIdFloor();
  void set_last_failure(std::string failure);

  Connection connection_;
  const Surroundings surroundings_;
  const WriterLimits limits_;
  UnixTime stored_id_floor_;
  IdGenerator ids_;
  BoundedQueue<std::unique_ptr<WriteJob>> queue_;
  std::atomic<CommitNumber> committing_ = 0;
  std::atomic<std::uint64_t> job_count_ = 0;
  CommitMeter meter_;
  mutable std::mutex failure_mutex_;
  std::string last_failure_;
  std::thread thread_;
};

}  // namespace chat::sqlite
