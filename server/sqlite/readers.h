// A few threads that read the file, each on its own connection, beside the writer and beside each
// other (WAL). Reads therefore never wait for a commit.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "protocol/timestamp.h"
#include "server/jobs/bounded_queue.h"
#include "server/jobs/job.h"
#include "server/measures/queue_measures.h"
#include "server/ports/clock.h"
#include "server/ports/messages.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

// What a read may use while it runs: one snapshot of the file.
struct ReadTransaction {
  Connection& connection;
  UnixTime now;
  const Writer& writer;

  // To be asked after the last statement of the read.
  CommitNumber as_of() const { return writer.committing(); }
};

using ReadJob = Job<ReadTransaction>;

struct ReaderLimits {
  std::size_t queue_jobs_max = 4096;
  // From the call to the end of the read, waiting included.
  std::chrono::milliseconds deadline{2000};
};

// Thread: Submit any; its own run the jobs.
// Lifetime: Stop, or the destructor, ends it; the writer, the clock and the executors outlive it.
class Readers {
 public:
  struct Surroundings {
    Clock& clock;
    const Writer& writer;
  };

  // One thread for each connection.
  Readers(std::vector<Connection> connections, Surroundings surroundings, ReaderLimits limits);
  ~Readers();

  // A job that does not fit into the queue, fails, or misses the deadline completes with
  // kUnavailable.
  void Submit(std::unique_ptr<ReadJob> job);

  // Jobs submitted since the start.
  std::uint64_t job_count() const { return job_count_.load(); }

  QueueMeasures queue_measures() const { return queue_.measures(); }

  // Finishes the reads that run, completes the rest with kUnavailable, and ends.
  void Stop();

 private:
  struct Waiting {
    std::unique_ptr<ReadJob> job;
    std::chrono::steady_clock::time_point deadline;
  };

  void Run(Connection& connection);
  void RunJob(Connection& connection, Waiting& waiting);

  std::vector<Connection> connections_;
  const Surroundings surroundings_;
  const ReaderLimits limits_;
  BoundedQueue<Waiting> queue_;
  std::atomic<std::uint64_t> job_count_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace chat::sqlite
