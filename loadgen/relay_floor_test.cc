#include "loadgen/relay_floor.h"

#include <gtest/gtest.h>

#include <chrono>

namespace chat::loadgen {
namespace {

TEST(RelayFloorTest, RelaysEveryMessageOnceAndInOrder) {
  const auto report = RunRelayFloor({.pairs = 3,
                                     .in_flight = 4,
                                     .seconds = std::chrono::seconds(1),
                                     .warmup = std::chrono::seconds(0)});

  ASSERT_TRUE(report) << report.error();
  EXPECT_GT(report->acks, 100u);
  EXPECT_GT(report->deliveries, 100u);
  EXPECT_GE(report->seconds, 1);
}

TEST(RelayFloorTest, RefusesToRunWithoutSenders) { EXPECT_FALSE(RunRelayFloor({.pairs = 0})); }

}  // namespace
}  // namespace chat::loadgen
