// When an open loop wants to do things: so many a second, evenly, whatever became of the earlier
// ones. What is late is done late and measured from when it was wanted, so a server that stalls is
// charged for all that waited meanwhile.
#pragma once

#include <chrono>
#include <cstdint>

namespace chat::loadgen {

// Thread: one. Lifetime: the run's.
class Schedule {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  // `rate` is in things a second and positive; the first is due at `start`.
  Schedule(Instant start, double rate) : start_(start), rate_(rate) {}

  // When the next thing is wanted.
  Instant next() const { return start_ + OffsetOf(taken_); }

  bool IsDue(Instant now) const { return next() <= now; }

  // The next thing is done, or given up.
  void Take() { ++taken_; }

  // Counts from zero, in order of time.
  std::uint64_t taken() const { return taken_; }

 private:
  // From the count, not from the one before: rounding errors do not add up.
  std::chrono::nanoseconds OffsetOf(std::uint64_t index) const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(static_cast<double>(index) / rate_));
  }

  Instant start_;
  double rate_;
  std::uint64_t taken_ = 0;
};

}  // namespace chat::loadgen
