// The queue between the shards and the store's threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "server/measures/queue_measures.h"

namespace chat {

struct QueueLimits {
  std::size_t items_max;
  std::size_t bytes_max;
};

// Takes items until it is full or closed, and gives them out in order.
//
// Thread: any.
template <typename Item>
class BoundedQueue {
 public:
  explicit BoundedQueue(QueueLimits limits) : limits_(limits) {}

  // Leaves `item` alone and returns false when it does not fit or the queue is closed. An item
  // fits into an empty queue whatever its size.
  bool TryPush(Item& item, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    const bool fits = entries_.size() < limits_.items_max &&
                      (entries_.empty() || bytes_ + bytes <= limits_.bytes_max);
    if (closed_ || !fits) {
      ++measures_.refused;
      return false;
    }
    entries_.push_back({std::move(item), bytes, Clock::now()});
    bytes_ += bytes;
    not_empty_.notify_one();
    return true;
  }

  // Waits for items and takes up to `count_max`. Nothing means that the queue was closed.
  std::vector<Item> Take(std::size_t count_max) {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return closed_ || !entries_.empty(); });
    if (closed_) return {};
    return TakeLocked(count_max);
  }

  // Takes up to `count_max` of what is there, without waiting.
  std::vector<Item> TakeNow(std::size_t count_max) {
    const std::lock_guard lock(mutex_);
    return TakeLocked(count_max);
  }

  QueueMeasures measures() const {
    const std::lock_guard lock(mutex_);
    QueueMeasures measures = measures_;
    measures.items = entries_.size();
    measures.bytes = bytes_;
    return measures;
  }

  // Ends the waiting of all who take, and returns what nobody took.
  std::vector<Item> Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    not_empty_.notify_all();
    return TakeLocked(entries_.size());
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Entry {
    Item item;
    std::size_t bytes;
    Clock::time_point pushed_at;
  };

  std::vector<Item> TakeLocked(std::size_t count_max) {
    std::vector<Item> taken;
    const Clock::time_point now = Clock::now();
    while (!entries_.empty() && taken.size() < count_max) {
      bytes_ -= entries_.front().bytes;
      measures_.waits.Add(now - entries_.front().pushed_at);
      taken.push_back(std::move(entries_.front().item));
      entries_.pop_front();
    }
    return taken;
  }

  const QueueLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable not_empty_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
  QueueMeasures measures_;  // but for what is there now
};

}  // namespace chat
