#include "loadgen/schedule.h"

#include <gtest/gtest.h>

#include <chrono>

namespace chat::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Instant = Schedule::Instant;

constexpr Instant kStart{seconds(100)};

TEST(ScheduleTest, BeginsAtItsStart) {
  const Schedule schedule(kStart, 10);

  EXPECT_FALSE(schedule.IsDue(kStart - milliseconds(1)));
  EXPECT_TRUE(schedule.IsDue(kStart));
}

TEST(ScheduleTest, IsEven) {
  Schedule schedule(kStart, 10);

  schedule.Take();

  EXPECT_EQ(schedule.next(), kStart + milliseconds(100));
  EXPECT_FALSE(schedule.IsDue(kStart + milliseconds(99)));
}

TEST(ScheduleTest, WantsWhatIsLateWhenItWasDue) {
  Schedule schedule(kStart, 1000);
  const Instant after_a_stall = kStart + milliseconds(500);

  while (schedule.IsDue(after_a_stall)) schedule.Take();

  // At 0 ms, 1 ms, … 500 ms.
  EXPECT_EQ(schedule.taken(), 501u);
  EXPECT_EQ(schedule.next(), kStart + milliseconds(501));
}

TEST(ScheduleTest, DoesNotDrift) {
  Schedule schedule(kStart, 30'000);

  for (int i = 0; i < 30'000 * 60; ++i) schedule.Take();

  EXPECT_EQ(schedule.next(), kStart + seconds(60));
}

}  // namespace
}  // namespace chat::loadgen
