// A few threads of their own for work that would block a shard, with a bounded queue before them.
// Used for password hashing. It does not bring results back: the work posts them to its shard.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "server/measures/queue_measures.h"
#include "server/ports/executor.h"

namespace chat::runtime {

struct WorkerPoolOptions {
  std::size_t threads = 1;
  std::size_t queued_max = 64;  // besides those that run
};

// Thread: safe from any thread. Lifetime: the end waits for all accepted work.
class WorkerPool {
 public:
  explicit WorkerPool(WorkerPoolOptions options);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Queues `work`, which then runs exactly once and must not throw. False when the queue is full;
  // `work` is then dropped and the caller says so to whoever asked.
  [[nodiscard]] bool Submit(Task work);

  QueueMeasures measures() const;

 private:
  struct Waiting {
    Task work;
    std::chrono::steady_clock::time_point submitted_at;
  };

  void RunWorker();

  const std::size_t queued_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> queue_;  // guarded by mutex_
  bool ending_ = false;        // guarded by mutex_
  QueueMeasures measures_;     // guarded by mutex_; but for what is there now
  std::vector<std::thread> threads_;
};

}  // namespace chat::runtime
