// A clock that stands still until a test moves it.
#pragma once

#include <atomic>
#include <chrono>

#include "protocol/timestamp.h"
#include "server/ports/clock.h"

namespace chat::contracts {

// Thread: any.
class ManualClock final : public Clock {
 public:
  UnixTime Now() const override { return now_.load(); }
  void Advance(std::chrono::milliseconds by) { now_.store(now_.load() + by); }

 private:
  static constexpr UnixTime kStart = std::chrono::sys_days(std::chrono::May / 1 / 2026);

  std::atomic<UnixTime> now_ = kStart;
};

}  // namespace chat::contracts
