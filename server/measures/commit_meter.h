// The commits of a store: how much each took along, and how long it took.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>

#include "server/measures/histogram.h"

namespace chat {

struct CommitMeasures {
  Histogram sizes{kCountBounds};
  Histogram seconds{kSecondsBounds};
};

// Thread: any. A lock for each commit, which waits for a disk, costs nothing.
class CommitMeter {
 public:
  void Add(std::size_t changes, std::chrono::steady_clock::duration time) {
    const std::lock_guard lock(mutex_);
    measures_.sizes.Add(static_cast<double>(changes));
    measures_.seconds.Add(time);
  }

  CommitMeasures measures() const {
    const std::lock_guard lock(mutex_);
    return measures_;
  }

 private:
  mutable std::mutex mutex_;
  CommitMeasures measures_;  // guarded by mutex_
};

}  // namespace chat
