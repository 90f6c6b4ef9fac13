#include "server/measures/histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace chat {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

constexpr std::array kBounds = {0.001, 0.01, 0.1};

TEST(HistogramTest, CountsWhatIsAtABoundBelowItAndWhatIsAboveAllLast) {
  Histogram histogram(kBounds);
  histogram.Add(0.001);
  histogram.Add(0.0011);
  histogram.Add(0.1, 3);
  histogram.Add(7.0);

  EXPECT_THAT(histogram.counts(), ElementsAre(1, 1, 3, 1));
  EXPECT_DOUBLE_EQ(histogram.sum(), 0.001 + 0.0011 + 0.3 + 7.0);
}

TEST(HistogramTest, CountsTimesInSecondsAndNoneBelowZero) {
  Histogram histogram(kBounds);
  histogram.Add(milliseconds(50), 2);
  histogram.Add(milliseconds(-5));

  EXPECT_THAT(histogram.counts(), ElementsAre(1, 0, 2, 0));
  EXPECT_DOUBLE_EQ(histogram.sum(), 0.1);
}

TEST(HistogramTest, MergesAnotherAndLeavesItAsItIs) {
  Histogram one(kBounds);
  Histogram other(kBounds);
  one.Add(0.05);
  other.Add(0.05);
  other.Add(1.0);
  one.Merge(other);

  EXPECT_THAT(one.counts(), ElementsAre(0, 0, 2, 1));
  EXPECT_THAT(other.counts(), ElementsAre(0, 0, 1, 1));
  EXPECT_DOUBLE_EQ(one.sum(), 1.1);
}

}  // namespace
}  // namespace chat
