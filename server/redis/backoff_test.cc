#include "server/redis/backoff.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <vector>

namespace chat::redis {
namespace {

using std::chrono::milliseconds;

TEST(BackoffTest, DoublesUpToTwoSecondsAndStaysThere) {
  Backoff backoff([] { return std::uint32_t{0}; });
  std::vector<milliseconds> waits;
  for (int count = 0; count < 7; ++count) waits.push_back(backoff.Next());
  EXPECT_EQ(waits, (std::vector<milliseconds>{
                       milliseconds(50), milliseconds(100), milliseconds(200), milliseconds(400),
                       milliseconds(800), milliseconds(1000), milliseconds(1000)}));
}

TEST(BackoffTest, ChanceNeverMakesItLongerThanTheBound) {
  std::uint32_t number = 0;
  Backoff backoff([&] { return number; });
  for (int count = 0; count < 6; ++count) backoff.Next();
  for (const std::uint32_t each : {1000u, 1001u, std::numeric_limits<std::uint32_t>::max()}) {
    number = each;
    const milliseconds wait = backoff.Next();
    EXPECT_GE(wait, milliseconds(1000));
    EXPECT_LE(wait, milliseconds(2000));
  }
}

TEST(BackoffTest, BeginsAnewAfterASuccess) {
  Backoff backoff([] { return std::uint32_t{0}; });
  backoff.Next();
  backoff.Next();
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), milliseconds(50));
}

}  // namespace
}  // namespace chat::redis
