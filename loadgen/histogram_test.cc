#include "loadgen/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace chat::loadgen {
namespace {

using std::chrono::nanoseconds;

TEST(HistogramTest, KnowsNothingAtFirst) {
  const Histogram histogram;

  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.max(), nanoseconds(0));
  EXPECT_EQ(histogram.Quantile(0.99), nanoseconds(0));
}

TEST(HistogramTest, IsExactForShortDurations) {
  Histogram histogram;

  for (int i = 1; i <= 100; ++i) histogram.Record(nanoseconds(i));

  EXPECT_EQ(histogram.Quantile(0), nanoseconds(1));
  EXPECT_EQ(histogram.Quantile(0.5), nanoseconds(50));
  EXPECT_EQ(histogram.Quantile(0.99), nanoseconds(99));
  EXPECT_EQ(histogram.Quantile(1), nanoseconds(100));
}

TEST(HistogramTest, NeverSaysMoreThanTheLongest) {
  Histogram histogram;

  histogram.Record(nanoseconds(1'000'001));

  EXPECT_EQ(histogram.Quantile(0.5), nanoseconds(1'000'001));
  EXPECT_EQ(histogram.max(), nanoseconds(1'000'001));
}

TEST(HistogramTest, TakesAnyDuration) {
  Histogram histogram;

  histogram.Record(nanoseconds(-5));
  histogram.Record(nanoseconds::max());

  EXPECT_EQ(histogram.count(), 2u);
  EXPECT_EQ(histogram.Quantile(0.5), nanoseconds(0));
  EXPECT_EQ(histogram.Quantile(1), nanoseconds::max());
}

TEST(HistogramTest, IsWithinOnePerCentOfTheSortedDurations) {
  // From microseconds to minutes, as many of each magnitude.
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> magnitude(3, 11);
  Histogram histogram;
  std::vector<std::int64_t> sorted;
  for (int i = 0; i < 20'000; ++i) {
    sorted.push_back(std::llround(std::pow(10, magnitude(random))));
    histogram.Record(nanoseconds(sorted.back()));
  }
  std::ranges::sort(sorted);

  for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * 20'000)) - 1;
    const auto exact = static_cast<double>(sorted[rank]);
    const auto told = static_cast<double>(histogram.Quantile(share).count());
    EXPECT_GE(told, exact) << share;
    EXPECT_LE(told, exact * 1.01) << share;
  }
}

}  // namespace
}  // namespace chat::loadgen
