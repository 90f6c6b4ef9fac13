#include "loadgen/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace chat::loadgen {
namespace {

// Of each power of two: 2^7 parts.
constexpr int kPartBits = 7;
constexpr std::uint64_t kParts = std::uint64_t{1} << kPartBits;
// Durations have 63 bits.
constexpr std::size_t kBuckets = kParts * (63 - kPartBits + 1);

// Values below `kParts` have a bucket each; after them come `kParts` buckets for each power of two.
std::size_t BucketOf(std::uint64_t value) {
  if (value < kParts) return value;
  const int shift = std::bit_width(value) - 1 - kPartBits;
  return kParts * static_cast<std::size_t>(shift) + (value >> shift);
}

// The greatest value of a bucket.
std::uint64_t EndOf(std::size_t bucket) {
  if (bucket < kParts) return bucket;
  const std::size_t shift = bucket / kParts - 1;
  const std::uint64_t part = kParts + bucket % kParts;
  return ((part + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : counts_(kBuckets) {}

void Histogram::Record(std::chrono::nanoseconds duration) {
  duration = std::max(duration, std::chrono::nanoseconds(0));
  ++counts_[BucketOf(static_cast<std::uint64_t>(duration.count()))];
  ++count_;
  max_ = std::max(max_, duration);
}

std::chrono::nanoseconds Histogram::Quantile(double share) const {
  if (count_ == 0) return std::chrono::nanoseconds(0);
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t passed = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    passed += counts_[bucket];
    if (passed == 0 || passed < wanted) continue;
    return std::min(max_, std::chrono::nanoseconds(static_cast<std::int64_t>(EndOf(bucket))));
  }
  return max_;
}

}  // namespace chat::loadgen
