#include "server/jobs/bounded_queue.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

namespace chat {
namespace {

TEST(BoundedQueueTest, GivesOutInOrderUpToTheCountAskedFor) {
  BoundedQueue<int> queue({.items_max = 10, .bytes_max = 100});
  for (int item : {1, 2, 3}) EXPECT_TRUE(queue.TryPush(item, 1));

  EXPECT_EQ(queue.Take(2), (std::vector{1, 2}));
  EXPECT_EQ(queue.Take(2), (std::vector{3}));
}

TEST(BoundedQueueTest, RefusesMoreItemsThanItsLimit) {
  BoundedQueue<int> queue({.items_max = 2, .bytes_max = 100});
  int item = 7;

  EXPECT_TRUE(queue.TryPush(item, 0));
  EXPECT_TRUE(queue.TryPush(item, 0));
  EXPECT_FALSE(queue.TryPush(item, 0));
  queue.Take(1);
  EXPECT_TRUE(queue.TryPush(item, 0));
}

TEST(BoundedQueueTest, RefusesMoreBytesThanItsLimitExceptForOneItemAlone) {
  BoundedQueue<int> queue({.items_max = 10, .bytes_max = 100});
  int item = 7;

  EXPECT_TRUE(queue.TryPush(item, 1000)) << "alone";
  EXPECT_FALSE(queue.TryPush(item, 1));
  queue.Take(1);
  EXPECT_TRUE(queue.TryPush(item, 60));
  EXPECT_FALSE(queue.TryPush(item, 41));
  EXPECT_TRUE(queue.TryPush(item, 40));
}

TEST(BoundedQueueTest, WakesWhoWaitsWhenItemsComeAndWhenItCloses) {
  BoundedQueue<int> queue({.items_max = 10, .bytes_max = 100});
  std::vector<std::vector<int>> taken;
  std::thread taker([&] {
    taken.push_back(queue.Take(10));
    taken.push_back(queue.Take(10));
  });
  int item = 7;
  EXPECT_TRUE(queue.TryPush(item, 1));
  std::vector<int> left = queue.Close();
  taker.join();

  EXPECT_FALSE(queue.TryPush(item, 1));
  // Whether the taker or Close got the item is a race; nobody loses it and nobody gets it twice.
  EXPECT_EQ(taken[0].size() + left.size(), 1u);
  EXPECT_TRUE(taken[1].empty());
}

TEST(BoundedQueueTest, GivesOutWhatIsThereWithoutWaiting) {
  BoundedQueue<int> queue({.items_max = 10, .bytes_max = 100});
  EXPECT_TRUE(queue.TakeNow(5).empty());
  for (int item = 1; item <= 3; ++item) ASSERT_TRUE(queue.TryPush(item, 1));

  EXPECT_EQ(queue.TakeNow(2), (std::vector{1, 2}));
  EXPECT_EQ(queue.TakeNow(2), std::vector{3});
}

TEST(BoundedQueueTest, TellsWhatWaitsWhatItRefusedAndHowManyWereTaken) {
  BoundedQueue<int> queue({.items_max = 3, .bytes_max = 100});
  for (int item = 1; item <= 4; ++item) queue.TryPush(item, 10);
  queue.Take(2);

  const QueueMeasures measures = queue.measures();
  EXPECT_EQ(measures.items, 1u);
  EXPECT_EQ(measures.bytes, 10u);
  EXPECT_EQ(measures.refused, 1u);
  const auto waited = measures.waits.counts();
  EXPECT_EQ(std::accumulate(waited.begin(), waited.end(), std::uint64_t{0}), 2u);
  EXPECT_GE(measures.waits.sum(), 0.0);
}

}  // namespace
}  // namespace chat
