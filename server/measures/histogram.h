// How often and how much, counted in fixed buckets: what /metrics shows of times and sizes. It
// reads no clock and knows no exposition format.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace chat {

// Upper ends of the buckets, in seconds. A list has to stay where it is as long as a histogram
// does, so it is one of these.
inline constexpr std::array kSecondsBounds = {0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01,
                                              0.02,   0.05,   0.1,    0.2,   0.5,   1.0,   2.0};
// For what is measured in whole milliseconds.
inline constexpr std::array kMillisecondBounds = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                                  0.1,   0.2,   0.5,   1.0,  2.0,  5.0};
inline constexpr std::array kCountBounds = {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0};

// Thread: none of its own; whoever owns it says whose it is. Copied, it is a snapshot.
class Histogram {
 public:
  static constexpr std::size_t kBoundsMax = 14;

  explicit Histogram(std::span<const double> bounds) : bounds_(bounds) {
    assert(bounds.size() <= kBoundsMax && std::ranges::is_sorted(bounds));
  }

  void Add(double value, std::uint64_t times = 1) {
    counts_[Bucket(value)] += times;
    sum_ += value * static_cast<double>(times);
  }

  // One below zero, which two clocks can make, counts as none.
  template <typename Rep, typename Period>
  void Add(std::chrono::duration<Rep, Period> time, std::uint64_t times = 1) {
    Add(std::max(0.0, std::chrono::duration<double>(time).count()), times);
  }

  // Adds what another one of the same bounds has counted.
  void Merge(const Histogram& other) {
    assert(bounds_.data() == other.bounds_.data());
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_ += other.sum_;
  }

  std::span<const double> bounds() const { return bounds_; }
  // What is above the bound before and not above this one; one more than there are bounds.
  std::span<const std::uint64_t> counts() const {
    return std::span(counts_).first(bounds_.size() + 1);
  }
  double sum() const { return sum_; }

 private:
  std::size_t Bucket(double value) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(bounds_, value) - bounds_.begin());
  }

  std::span<const double> bounds_;
  std::array<std::uint64_t, kBoundsMax + 1> counts_{};
  double sum_ = 0;
};

}  // namespace chat
