// The broadcast with a real Redis: what is said is heard, and whatever happens to Redis is noticed.

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "server/redis/broadcast.h"
#include "server/redis/canary_measures.h"
#include "server/redis/test_node.h"
#include "tests/harness/redis_server.h"

namespace chat::redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::RedisServer;

class BroadcastRedisTest : public ::testing::Test {
 protected:
  // A node that has joined.
  void Join(std::optional<TestNode>& node, const std::string& url) {
    node.emplace(loop_, url);
    ASSERT_TRUE(node->IsJoined()) << node->detail();
  }

  // That what is said by one is heard by the other now.
  void ExpectHears(TestNode& from, TestNode& to, const std::string& message) {
    from.broadcast().Say(message);
    EXPECT_TRUE(to.HasHeard(message)) << to.detail();
  }

  RedisServer redis_;
  TestLoop loop_;
};

TEST_F(BroadcastRedisTest, AllHearWhatIsSaidInOrderAndTheSpeakerToo) {
  std::optional<TestNode> one;
  std::optional<TestNode> two;
  Join(one, redis_.url());
  Join(two, redis_.url());
  std::vector<std::string> said;
  for (int number = 0; number < 3000; ++number) said.push_back("message " + std::to_string(number));

  for (const std::string& message : said) one->broadcast().Say(message);

  EXPECT_TRUE(loop_.RunUntil([&] { return two->listener().heard().size() >= said.size(); }));
  EXPECT_TRUE(loop_.RunUntil([&] { return one->listener().heard().size() >= said.size(); }));
  EXPECT_EQ(one->listener().heard(), said);
  EXPECT_EQ(two->listener().heard(), said);
}

TEST_F(BroadcastRedisTest, MessagesAreAnyBytes) {
  std::optional<TestNode> node;
  Join(node, redis_.url());
  const std::vector<std::string> said = {"", std::string("a\0b\r\n$5\r\n", 9), "\xff\xfe",
                                         std::string(kMessageBytesMax, '\0')};

  for (const std::string& message : said) node->broadcast().Say(message);

  EXPECT_TRUE(loop_.RunUntil([&] { return node->listener().heard().size() >= said.size(); }));
  EXPECT_EQ(node->listener().heard(), said);
}

TEST_F(BroadcastRedisTest, OtherPrefixesAndDatabasesAreOtherClusters) {
  std::optional<TestNode> node;
  std::optional<TestNode> prefixed;
  std::optional<TestNode> third;
  Join(node, redis_.url());
  Join(prefixed, redis_.url() + "?prefix=blue");
  Join(third, redis_.url() + "?db=3");

  ExpectHears(*prefixed, *prefixed, "of blue");
  ExpectHears(*third, *third, "of 3");
  ExpectHears(*node, *node, "of 0");

  EXPECT_EQ(prefixed->listener().heard(), std::vector<std::string>{"of blue"});
  EXPECT_EQ(third->listener().heard(), std::vector<std::string>{"of 3"});
  EXPECT_EQ(node->listener().heard(), std::vector<std::string>{"of 0"});
}

TEST_F(BroadcastRedisTest, KilledRedisIsLostAndARestartedOneJoined) {
  std::optional<TestNode> node;
  Join(node, redis_.url());

  redis_.Kill();

  EXPECT_TRUE(node->WasLost());
  EXPECT_TRUE(node->Becomes(BroadcastStatus::kUnavailable));
  EXPECT_TRUE(node->detail().contains("Redis at " + redis_.socket().string() + " is not usable: "))
      << node->detail();
  redis_.Restart();
  EXPECT_TRUE(node->IsJoined());
  EXPECT_EQ(node->detail(), "");
  ExpectHears(*node, *node, "after the restart");
  EXPECT_GE(node->broadcast().counters().reconnects, 1u);
}

TEST_F(BroadcastRedisTest, RedisThatIsNotThereYetIsJoinedWhenItIs) {
  redis_.Kill();
  TestNode node(loop_, redis_.url());
  EXPECT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));
  EXPECT_EQ(node.listener().lost(), 0);

  redis_.Restart();

  EXPECT_TRUE(node.IsJoined());
}

TEST_F(BroadcastRedisTest, FrozenRedisIsLostWithinFourSecondsAndAThawedOneJoined) {
  std::optional<TestNode> node;
  Join(node, redis_.url());

  redis_.Freeze();
  const steady_clock::time_point frozen_at = steady_clock::now();

  EXPECT_TRUE(node->WasLost());
  EXPECT_LE(steady_clock::now() - frozen_at, milliseconds(4000));
  redis_.Thaw();
  EXPECT_TRUE(node->IsJoined());
  ExpectHears(*node, *node, "after the thaw");
}

TEST_F(BroadcastRedisTest, RedisThatBecomesAReplicaIsLostUntilItIsAMasterAgain) {
  std::optional<TestNode> node;
  Join(node, redis_.url());

  redis_.Command({"REPLICAOF", "127.0.0.1", "1"});

  EXPECT_TRUE(node->WasLost());
  EXPECT_TRUE(node->detail().contains("it is a replica")) << node->detail();
  EXPECT_TRUE(loop_.RunUntil([&] { return node->broadcast().counters().reconnects >= 2; }));
  EXPECT_FALSE(node->listener().is_joined());
  redis_.Command({"REPLICAOF", "NO", "ONE"});
  EXPECT_TRUE(node->IsJoined());
}

TEST_F(BroadcastRedisTest, FlushAllChangesNothing) {
  std::optional<TestNode> node;
  Join(node, redis_.url());

  redis_.FlushAll();

  ExpectHears(*node, *node, "after the flush");
  EXPECT_EQ(node->listener().lost(), 0);
}

TEST_F(BroadcastRedisTest, SubscriberThatRedisCutsIsLostAndJoinsAgain) {
  std::optional<TestNode> node;
  Join(node, redis_.url());

  EXPECT_EQ(redis_.Command({"CLIENT", "KILL", "TYPE", "pubsub"}), "1");

  EXPECT_TRUE(node->WasLost());
  EXPECT_TRUE(node->IsJoined());
  ExpectHears(*node, *node, "after the cut");
}

TEST_F(BroadcastRedisTest, PublisherThatRedisCutsIsLostAndJoinsAgain) {
  std::optional<TestNode> node;
  Join(node, redis_.url());

  redis_.Command({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});

  EXPECT_TRUE(node->WasLost());
  EXPECT_TRUE(node->IsJoined());
}

TEST_F(BroadcastRedisTest, TooMuchThatWaitsIsDroppedAndCounted) {
  TestNode node(loop_, BroadcastOptions{.url = TestNode::Parse(redis_.url()),
                                        .random = {},
                                        .waiting_messages_max = 10,
                                        .waiting_bytes_max = 100});
  ASSERT_TRUE(node.IsJoined());

  // The loop does not run meanwhile.
  for (int count = 0; count < 15; ++count) node.broadcast().Say("small");

  EXPECT_EQ(node.broadcast().counters().said, 10u);
  EXPECT_EQ(node.broadcast().counters().dropped, 5u);
  EXPECT_TRUE(loop_.RunUntil([&] { return node.listener().heard().size() == 10; }));
  node.broadcast().Say(std::string(60, 'a'));
  node.broadcast().Say(std::string(60, 'b'));
  EXPECT_EQ(node.broadcast().counters().said, 11u);
  EXPECT_EQ(node.broadcast().counters().dropped, 6u);
}

TEST_F(BroadcastRedisTest, MessagesThatAreTooLargeAreDropped) {
  std::optional<TestNode> node;
  Join(node, redis_.url());

  node->broadcast().Say(std::string(kMessageBytesMax + 1, 'x'));

  EXPECT_EQ(node->broadcast().counters().dropped, 1u);
  ExpectHears(*node, *node, "small");
}

TEST_F(BroadcastRedisTest, WhatIsSaidWithoutAConnectionIsDropped) {
  redis_.Kill();
  TestNode node(loop_, redis_.url());

  node.broadcast().Say("to nobody");

  EXPECT_EQ(node.broadcast().counters().dropped, 1u);
  EXPECT_EQ(node.broadcast().counters().said, 0u);
}

TEST_F(BroadcastRedisTest, CountsWhatIsSaidAndHeardButNotWhatItSaysToItself) {
  std::optional<TestNode> node;
  Join(node, redis_.url());
  ExpectHears(*node, *node, "12345");

  const BroadcastCounters& counters = node->broadcast().counters();

  EXPECT_EQ(counters.said, 1u);
  EXPECT_EQ(counters.said_bytes, 5u);
  EXPECT_EQ(counters.heard, 1u);
  EXPECT_EQ(counters.heard_bytes, 5u);
  EXPECT_EQ(counters.dropped, 0u);
  EXPECT_EQ(counters.reconnects, 0u);
}

TEST_F(BroadcastRedisTest, MeasuresHowLongWhatItSaysToItselfIsOnItsWay) {
  std::optional<TestNode> node;
  const auto begin = std::chrono::steady_clock::now();
  Join(node, redis_.url());

  const CanaryMeasures& canary = node->broadcast().counters().canary;

  ASSERT_GE(canary.heard, 1u);
  EXPECT_GE(canary.said, canary.heard);
  EXPECT_EQ(canary.silences, 0u);
  EXPECT_GT(canary.heard_at, begin);
  EXPECT_GT(canary.round_trips.sum(), 0.0);
}

TEST_F(BroadcastRedisTest, StoppedOneTellsNothingMore) {
  std::optional<TestNode> node;
  Join(node, redis_.url());

  node->broadcast().Stop();
  node->broadcast().Say("nothing");
  redis_.Kill();
  loop_.RunFor(milliseconds(300));

  EXPECT_EQ(node->listener().lost(), 0);
  EXPECT_TRUE(node->listener().heard().empty());
}

}  // namespace
}  // namespace chat::redis
