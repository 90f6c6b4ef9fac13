// When a wait in a test ends at the latest, so that a server that stays silent fails the test
// instead of hanging it.
#pragma once

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace chat::testing {

// What a test waited for did not come, or something else came: ends the test as failed.
class Surprise : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Long, because only failing tests wait that long, and machines that test are busy ones.
inline constexpr std::chrono::seconds kPatience{30};

// Thread: any, it is a value. Lifetime: any.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds wait = kPatience)
      : at_(std::chrono::steady_clock::now() + wait) {}

  bool passed() const { return std::chrono::steady_clock::now() >= at_; }

  // What poll(2) takes: never negative, so never for ever.
  int poll_timeout_ms() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(at_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::max(left, std::chrono::milliseconds(0)).count());
  }

 private:
  std::chrono::steady_clock::time_point at_;
};

}  // namespace chat::testing
