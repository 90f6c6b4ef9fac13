// Durations by the thousand, kept as counts: any quantile of any number of them, with an error of
// less than one per cent and in memory that does not grow.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace chat::loadgen {

// Log-linear: each power of two of nanoseconds is split into 128 equal parts.
//
// Thread: one. Lifetime: any.
class Histogram {
 public:
  Histogram();

  // What is negative counts as zero.
  void Record(std::chrono::nanoseconds duration);

  std::uint64_t count() const { return count_; }
  std::chrono::nanoseconds max() const { return max_; }

  // The least duration that at least this share of all does not exceed, rounded up to the end of
  // its part; zero when nothing was recorded. `share` is between 0 and 1.
  std::chrono::nanoseconds Quantile(double share) const;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds max_{0};
};

}  // namespace chat::loadgen
