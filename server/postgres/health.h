// What the connections of one store have lived through: for /readyz and the metrics.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "server/measures/commit_meter.h"

namespace chat::postgres {

// Thread: any.
class Health {
 public:
  // In one line, whatever PostgreSQL said.
  void Fail(std::string why) {
    why = why.substr(0, why.find('\n'));
    const std::lock_guard lock(mutex_);
    last_failure_ = std::move(why);
    failed_ = true;
  }

  void Succeed() {
    if (!failed_) return;
    const std::lock_guard lock(mutex_);
    last_failure_.clear();
    failed_ = false;
  }

  std::string last_failure() const {
    const std::lock_guard lock(mutex_);
    return last_failure_;
  }

  std::atomic<std::uint64_t> commits = 0;
  CommitMeter commit_meter;
  std::atomic<std::uint64_t> reconnects = 0;
  std::atomic<std::uint64_t> doubts = 0;

 private:
  mutable std::mutex mutex_;
  std::string last_failure_;
  std::atomic<bool> failed_ = false;
};

}  // namespace chat::postgres
