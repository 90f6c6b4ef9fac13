// Nodes that share their rates through a real Redis, and what they do without it.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "protocol/ids.h"
#include "server/redis/limited_node.h"
#include "server/redis/rate_limits.h"
#include "tests/harness/redis_server.h"

namespace chat::redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class RateLimitsRedisTest : public ::testing::Test {
 protected:
  // How often `node` grants it, when asked for that often.
  int Granted(LimitedNode& node, const RateKey& key, int times) {
    int granted = 0;
    for (int i = 0; i < times; ++i) granted += !node.Take(key);
    return granted;
  }

  static int GrantedAtOnce(LimitedNode& node, const RateKey& key, int times) {
    int granted = 0;
    for (int i = 0; i < times; ++i) granted += !node.TryTake(key);
    return granted;
  }

  testing::RedisServer redis_;
  TestLoop loop_;
  LimitedNode one_{loop_, redis_.url(), kDefaultRates, "one"};
  LimitedNode other_{loop_, redis_.url(), kDefaultRates, "other"};
  const RateKey login_ = RateKey::OfUser(RateOperation::kLoginToAccount, UserId(1));
  const RateKey send_ = RateKey::OfUser(RateOperation::kSend, UserId(1));
};

TEST_F(RateLimitsRedisTest, NodesShareOneBucketExactly) {
  EXPECT_EQ(Granted(one_, login_, 4), 4);
  EXPECT_EQ(Granted(other_, login_, 10), 6);
  EXPECT_EQ(Granted(one_, login_, 10), 0);
}

TEST_F(RateLimitsRedisTest, KeysEndWhenTheirBucketIsFull) {
  one_.Take(login_);

  const std::string key = "chat:test:rate:login_account:u1";
  const int left_ms = std::stoi(redis_.Command({"PTTL", key}));

  EXPECT_GT(left_ms, 0);
  EXPECT_LE(left_ms, 6000);
}

TEST_F(RateLimitsRedisTest, AFlushGivesBackOneBurstAndLocksNobodyOut) {
  EXPECT_EQ(Granted(one_, login_, 12), 10);
  redis_.FlushAll();
  redis_.Command({"SCRIPT", "FLUSH"});

  EXPECT_EQ(Granted(other_, login_, 12), 10);
  EXPECT_EQ(Granted(one_, login_, 12), 0);
}

TEST_F(RateLimitsRedisTest, WithoutRedisEachNodeGoesOnFromWhatItGaveOut) {
  EXPECT_EQ(Granted(one_, login_, 4), 4);
  redis_.Kill();
  ASSERT_TRUE(one_.node().WasLost());

  EXPECT_EQ(Granted(one_, login_, 20), 6);
  EXPECT_EQ(Granted(other_, login_, 20), 10);
}

TEST_F(RateLimitsRedisTest, AFrozenRedisIsWaitedForOnceAndThenLeftAlone) {
  redis_.Freeze();

  const auto begin = steady_clock::now();
  EXPECT_EQ(Granted(one_, login_, 20), 10);
  const auto taken = steady_clock::now() - begin;
  redis_.Thaw();

  EXPECT_GE(taken, RateLimits::kAnswerDeadline);
  EXPECT_LT(taken, 10 * RateLimits::kAnswerDeadline) << "one deadline, not twenty";
}

TEST_F(RateLimitsRedisTest, CountsInRedisAgainOnceItIsBack) {
  redis_.Kill();
  ASSERT_TRUE(one_.node().WasLost());
  ASSERT_TRUE(other_.node().WasLost());
  redis_.Restart();
  ASSERT_TRUE(one_.node().IsJoined());
  ASSERT_TRUE(other_.node().IsJoined());

  EXPECT_EQ(Granted(one_, login_, 7), 7);
  EXPECT_EQ(Granted(other_, login_, 7), 3);
}

TEST_F(RateLimitsRedisTest, WhatOneNodeGaveOutAtOnceTheOtherHearsOf) {
  EXPECT_EQ(GrantedAtOnce(one_, send_, 60), 60);
  loop_.RunFor(milliseconds(100));

  // It does not know yet; the first charge tells it.
  EXPECT_EQ(GrantedAtOnce(other_, send_, 1), 1);
  loop_.RunFor(milliseconds(200));

  EXPECT_LT(GrantedAtOnce(other_, send_, 60), 40) << "only what came back in the meantime";
}

// The bound of docs/decisions/rate-limits.md, for two nodes.
TEST_F(RateLimitsRedisTest, TwoNodesGiveOutOneBurstTooMuchAtMostAndTakeItBack) {
  const auto begin = steady_clock::now();
  int granted = 0;
  while (steady_clock::now() - begin < milliseconds(4000)) {
    granted += GrantedAtOnce(one_, send_, 5) + GrantedAtOnce(other_, send_, 5);
    loop_.RunFor(milliseconds(5));
  }
  const double seconds = std::chrono::duration<double>(steady_clock::now() - begin).count();

  const double shared = 60 + 20 * seconds;
  EXPECT_LE(granted, shared + 60 + 20 * 0.3);
  EXPECT_GE(granted, 60);
  // The burst that was too much is in debt, which takes three seconds: one later it is as exact
  // as one bucket.
  EXPECT_LE(granted, shared + 20 * 0.5);
}

TEST_F(RateLimitsRedisTest, ANodeThatIsAloneWithAUserIsExact) {
  const RateKey alone = RateKey::OfUser(RateOperation::kSend, UserId(2));
  const auto begin = steady_clock::now();
  int granted = GrantedAtOnce(one_, alone, 100);
  ASSERT_GE(granted, 60);
  RateWait wait = one_.TryTake(alone);
  ASSERT_TRUE(wait);
  for (int i = 0; i < 20; ++i) {
    loop_.RunFor(*wait);
    ASSERT_EQ(one_.TryTake(alone), std::nullopt) << "what was waited for is there";
    ++granted;
    while (!(wait = one_.TryTake(alone))) ++granted;
  }
  const double seconds = std::chrono::duration<double>(steady_clock::now() - begin).count();

  EXPECT_LE(granted, 60 + 20 * seconds + 1);
  EXPECT_GE(granted, 60 + 20 * seconds - 5) << "nothing was charged twice";
}

}  // namespace
}  // namespace chat::redis
