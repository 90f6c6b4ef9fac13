#include "server/runtime/worker_pool.h"

#include <utility>

namespace chat::runtime {

WorkerPool::WorkerPool(WorkerPoolOptions options) : queued_max_(options.queued_max) {
  threads_.reserve(options.threads);
  for (std::size_t i = 0; i < options.threads; ++i) threads_.emplace_back([this] { RunWorker(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::Submit(Task work) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || queue_.size() >= queued_max_) {
      ++measures_.refused;
      return false;
    }
    queue_.push_back({std::move(work), std::chrono::steady_clock::now()});
  }
  changed_.notify_one();
  return true;
}

QueueMeasures WorkerPool::measures() const {
  const std::lock_guard lock(mutex_);
  QueueMeasures measures = measures_;
  measures.items = queue_.size();
  return measures;
}

void WorkerPool::RunWorker() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Task work = std::move(queue_.front().work);
    measures_.waits.Add(std::chrono::steady_clock::now() - queue_.front().submitted_at);
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;  // what it holds is released outside of the lock
    lock.lock();
  }
}

}  // namespace chat::runtime
