// How long to wait before the next attempt: twice as long after each failure, up to a bound, and
// never the same for all nodes, so that they do not all come back at once.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace chat::redis {

// Any number is as likely as any other.
using RandomNumber = std::function<std::uint32_t()>;

// Thread: one. Lifetime: any.
class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirst{100};
  static constexpr std::chrono::milliseconds kMost{2000};

  explicit Backoff(RandomNumber random) : random_(std::move(random)) {}

  // Between a half and the whole of 100 ms, 200 ms, … 2 s.
  std::chrono::milliseconds Next() {
    const std::chrono::milliseconds whole = std::exchange(next_, std::min(next_ * 2, kMost));
    const std::int64_t half = whole.count() / 2;
    return std::chrono::milliseconds(half + random_() % (half + 1));
  }

  // After a success.
  void Reset() { next_ = kFirst; }

 private:
  RandomNumber random_;
  std::chrono::milliseconds next_ = kFirst;
};

}  // namespace chat::redis
