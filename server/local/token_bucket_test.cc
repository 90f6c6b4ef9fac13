#include "server/local/token_bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace chat {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// 20 a second and 60 at once: one token takes 50 ms.
constexpr RateLimit kSends{20, seconds(1), 60};
constexpr Instant kStart{milliseconds(123'456'789)};

void TakeAll(TokenBucket& bucket, const RateLimit& limit, Instant now) {
  for (std::uint32_t token = 0; token < limit.burst; ++token) {
    ASSERT_EQ(bucket.TryTake(now), std::nullopt) << token;
  }
}

TEST(TokenBucketTest, IsSmallBecauseEachUserHasOne) { EXPECT_LE(sizeof(TokenBucket), 16u); }

TEST(TokenBucketTest, AllowsABurstAtOnceAndThenSaysHowLongToWait) {
  TokenBucket bucket(kSends);

  TakeAll(bucket, kSends, kStart);

  EXPECT_EQ(bucket.TryTake(kStart), milliseconds(50));
  EXPECT_EQ(bucket.TryTake(kStart + milliseconds(10)), milliseconds(40));
}

TEST(TokenBucketTest, AllowsTheNextOneExactlyWhenItSaid) {
  TokenBucket bucket(kSends);
  TakeAll(bucket, kSends, kStart);

  EXPECT_EQ(bucket.TryTake(kStart + milliseconds(49)), milliseconds(1));
  EXPECT_EQ(bucket.TryTake(kStart + milliseconds(50)), std::nullopt);
  EXPECT_EQ(bucket.TryTake(kStart + milliseconds(50)), milliseconds(50));
}

TEST(TokenBucketTest, TakesNothingWhenItRefuses) {
  TokenBucket bucket(kSends);
  TakeAll(bucket, kSends, kStart);

  for (int attempt = 0; attempt < 1000; ++attempt) bucket.TryTake(kStart + milliseconds(49));

  EXPECT_EQ(bucket.TryTake(kStart + milliseconds(50)), std::nullopt);
}

TEST(TokenBucketTest, GathersNoMoreThanABurstHoweverLongItRests) {
  TokenBucket bucket(kSends);
  TakeAll(bucket, kSends, kStart);

  TakeAll(bucket, kSends, kStart + hours(1000));

  EXPECT_NE(bucket.TryTake(kStart + hours(1000)), std::nullopt);
}

TEST(TokenBucketTest, IsFullAgainWhenAllTokensAreBack) {
  TokenBucket bucket(kSends);
  EXPECT_TRUE(bucket.IsFull(kStart));
  TakeAll(bucket, kSends, kStart);

  EXPECT_FALSE(bucket.IsFull(kStart + milliseconds(60 * 50 - 1)));
  EXPECT_TRUE(bucket.IsFull(kStart + milliseconds(60 * 50)));
}

TEST(TokenBucketTest, ServesSlowRates) {
  constexpr static RateLimit kRegister{20, hours(1), 20};
  TokenBucket bucket(kRegister);
  TakeAll(bucket, kRegister, kStart);

  EXPECT_EQ(bucket.TryTake(kStart), std::chrono::minutes(3));
}

// Seven a second is no whole number of milliseconds.
constexpr RateLimit kOdd{7, seconds(1), 2};

TEST(TokenBucketTest, RoundsTheWaitUpSoThatItIsNeverTooShort) {
  TokenBucket bucket(kOdd);
  TakeAll(bucket, kOdd, kStart);

  EXPECT_EQ(bucket.TryTake(kStart), milliseconds(143));
  EXPECT_EQ(bucket.TryTake(kStart + milliseconds(142)), milliseconds(1));
  EXPECT_EQ(bucket.TryTake(kStart + milliseconds(143)), std::nullopt);
}

// Rounding each token would lose or win some.
TEST(TokenBucketTest, DriftsByNoTokenInAnHourAtAnOddRate) {
  TokenBucket bucket(kOdd);
  int taken = 0;

  for (milliseconds at{0}; at <= hours(1); ++at) taken += !bucket.TryTake(kStart + at);

  EXPECT_EQ(taken, 2 + 7 * 3600);
}

TEST(TokenBucketTest, AllowsNeverMoreThanBurstAndRateInAnyWindow) {
  std::mt19937 random(1);
  TokenBucket bucket(kSends);
  std::vector<Instant> taken;
  Instant now = kStart;

  for (int attempt = 0; attempt < 5000; ++attempt) {
    now += milliseconds(random() % 30);
    if (!bucket.TryTake(now)) taken.push_back(now);
  }

  for (std::size_t last = kSends.burst; last < taken.size(); ++last) {
    for (std::size_t first = last - kSends.burst; first + 300 > last && first > 0; --first) {
      const auto window = taken[last] - taken[first];
      ASSERT_LE(static_cast<double>(last - first + 1), 60 + window.count() / 50.0);
    }
  }
}

// Tokens as one would count them by hand: `count` come in each period, spread evenly, in units of
// which one token has `period` milliseconds' worth.
class NaiveBucket {
 public:
  explicit NaiveBucket(const RateLimit& limit)
      : limit_(limit), period_(milliseconds(limit.period).count()), level_(period_ * limit.burst) {}

  std::optional<milliseconds> TryTake(Instant now) {
    while (last_ < now) {
      last_ += milliseconds(1);
      level_ = std::min(level_ + limit_.count, period_ * limit_.burst);
    }
    if (level_ >= period_) {
      level_ -= period_;
      return std::nullopt;
    }
    milliseconds wait{0};
    for (std::int64_t level = level_; level < period_; level += limit_.count) ++wait;
    return wait;
  }

 private:
  RateLimit limit_;
  std::int64_t period_;
  std::int64_t level_;
  Instant last_ = kStart;
};

TEST(TokenBucketTest, AnswersAsOneThatIsCountedByHand) {
  constexpr static RateLimit kLimits[] = {kSends, kOdd, {2, seconds(1), 2}, {10, seconds(60), 10}};
  for (unsigned seed = 1; seed <= 20; ++seed) {
    for (const RateLimit& limit : kLimits) {
      std::mt19937 random(seed);
      TokenBucket bucket(limit);
      NaiveBucket naive(limit);
      const unsigned pause_max = 1 + random() % 2000;
      Instant now = kStart;
      for (int attempt = 0; attempt < 500; ++attempt) {
        if (random() % 3 == 0) now += milliseconds(random() % pause_max);
        ASSERT_EQ(bucket.TryTake(now), naive.TryTake(now)) << "seed " << seed << " at " << attempt;
      }
    }
  }
}

}  // namespace
}  // namespace chat
