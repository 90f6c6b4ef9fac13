#include "tests/contracts/rate_limits_contract.h"

#include <optional>

namespace chat::contracts {
namespace {

using std::chrono::milliseconds;

TEST_P(RateLimitsContract, GrantsABurstAndThenSaysHowLongToWait) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Take(login_), std::nullopt) << i;

  const RateWait wait = Take(login_);

  ASSERT_TRUE(wait);
  EXPECT_GT(*wait, milliseconds(0));
  EXPECT_LE(*wait, milliseconds(500));
}

TEST_P(RateLimitsContract, GrantsOneMoreAfterTheWaitThatItSaid) {
  for (int i = 0; i < 5; ++i) Take(login_);
  const RateWait wait = Take(login_);
  ASSERT_TRUE(wait);

  place_->Pass(*wait);

  EXPECT_EQ(Take(login_), std::nullopt);
  EXPECT_TRUE(Take(login_));
}

TEST_P(RateLimitsContract, TakesNothingWhenItRefuses) {
  for (int i = 0; i < 5; ++i) Take(login_);
  const RateWait wait = Take(login_);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Take(login_));

  place_->Pass(wait.value_or(milliseconds(0)));

  EXPECT_EQ(Take(login_), std::nullopt);
}

TEST_P(RateLimitsContract, KeepsABucketForEachSubjectAndOperation) {
  for (int i = 0; i < 6; ++i) Take(login_);

  EXPECT_EQ(Take(RateKey::OfUser(RateOperation::kLoginToAccount, UserId(2))), std::nullopt);
  EXPECT_EQ(Take(RateKey::OfName(RateOperation::kLoginToAccount, "somebody")), std::nullopt);
  EXPECT_EQ(Take(RateKey::OfAddress(RateOperation::kLoginFromAddress, 1)), std::nullopt);
}

TEST_P(RateLimitsContract, GrantsAtOnceAsManyAsWhenAsked) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(TryTake(send_), std::nullopt) << i;

  const RateWait wait = TryTake(send_);

  ASSERT_TRUE(wait);
  EXPECT_LE(*wait, milliseconds(500));
  place_->Pass(*wait);
  EXPECT_EQ(TryTake(send_), std::nullopt);
  EXPECT_TRUE(TryTake(send_));
}

TEST_P(RateLimitsContract, CompletesEachOfManyThatAskTogether) {
  int granted = 0;
  int answered = 0;
  for (int i = 0; i < 50; ++i) {
    place_->limits().Take(login_, place_->home(), [&](RateWait wait) {
      ++answered;
      granted += !wait;
    });
  }

  EXPECT_TRUE(place_->RunUntil([&] { return answered == 50; }));

  EXPECT_EQ(granted, 5);
}

}  // namespace
}  // namespace chat::contracts
