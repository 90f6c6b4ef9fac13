#include "server/local/local_rate_limits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "protocol/ids.h"

namespace chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LocalRateLimitsTest : public testing::Test {
 protected:
  // How often it is granted until it is refused.
  std::uint32_t TakeAll(const RateKey& key) {
    std::uint32_t taken = 0;
    while (!limits_.TryTake(key)) ++taken;
    return taken;
  }

  Instant now_{seconds(1000)};
  LocalRateLimits limits_{kDefaultRates, [this] { return now_; }};
  const RateKey alices_sends_ = RateKey::OfUser(RateOperation::kSend, UserId(1));
};

TEST_F(LocalRateLimitsTest, CountsEachOperationOfEachSubjectForItself) {
  EXPECT_EQ(TakeAll(alices_sends_), 60u);

  EXPECT_EQ(TakeAll(RateKey::OfUser(RateOperation::kSend, UserId(2))), 60u);
  EXPECT_EQ(TakeAll(RateKey::OfUser(RateOperation::kOther, UserId(1))), 100u);
  EXPECT_EQ(TakeAll(RateKey::OfAddress(RateOperation::kOther, 1)), 100u);
  EXPECT_EQ(TakeAll(RateKey::OfName(RateOperation::kLoginToAccount, "alice")), 10u);
  EXPECT_EQ(TakeAll(RateKey::OfName(RateOperation::kLoginToAccount, "bob")), 10u);
}

TEST_F(LocalRateLimitsTest, GrantsWhatWasWaitedForAndNotEarlier) {
  TakeAll(alices_sends_);

  const RateWait wait = limits_.TryTake(alices_sends_);

  ASSERT_EQ(wait, milliseconds(50));
  now_ += *wait - milliseconds(1);
  EXPECT_EQ(limits_.TryTake(alices_sends_), milliseconds(1));
  now_ += milliseconds(1);
  EXPECT_EQ(limits_.TryTake(alices_sends_), std::nullopt);
}

TEST_F(LocalRateLimitsTest, ForgetsBucketsThatAreFullAgain) {
  for (std::int64_t user = 1; user <= 10'000; ++user) {
    limits_.TryTake(RateKey::OfUser(RateOperation::kSend, UserId(user)));
  }
  EXPECT_EQ(limits_.bucket_count(), 10'000u);

  now_ += seconds(10);
  for (std::int64_t user = 1; user <= 200; ++user) {
    limits_.TryTake(RateKey::OfUser(RateOperation::kSend, UserId(user)));
  }

  EXPECT_EQ(limits_.bucket_count(), 200u);
}

TEST_F(LocalRateLimitsTest, KeepsABoundedNumberOfBuckets) {
  for (std::uint64_t address = 0; address < LocalRateLimits::kBucketsMax + 50'000; ++address) {
    ASSERT_FALSE(limits_.TryTake(RateKey::OfAddress(RateOperation::kRegister, address)));
  }

  EXPECT_LE(limits_.bucket_count(), LocalRateLimits::kBucketsMax);
}

TEST_F(LocalRateLimitsTest, GivesOutNoTokenTwiceToThreads) {
  std::atomic<std::uint32_t> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int attempt = 0; attempt < 1000; ++attempt) taken += !limits_.TryTake(alices_sends_);
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(taken, 60u);
  EXPECT_EQ(limits_.refused()[static_cast<std::size_t>(RateOperation::kSend)], 4000u - 60u);
}

TEST_F(LocalRateLimitsTest, PaysForWhatOthersGaveOut) {
  for (int i = 0; i < 59; ++i) limits_.Owe(alices_sends_);
  EXPECT_EQ(TakeAll(alices_sends_), 1u);

  const RateKey bobs = RateKey::OfUser(RateOperation::kSend, UserId(2));
  // Full in 2.5 s, which is 50 tokens, and five were taken since.
  limits_.FillNotBefore(bobs, now_, milliseconds(2500), 5);
  EXPECT_EQ(TakeAll(bobs), 5u);
}

TEST_F(LocalRateLimitsTest, LimitsNothingWithoutRates) {
  LocalRateLimits unlimited(std::nullopt);

  for (int i = 0; i < 10'000; ++i) ASSERT_FALSE(unlimited.TryTake(alices_sends_));

  EXPECT_EQ(unlimited.bucket_count(), 0u);
}

}  // namespace
}  // namespace chat
