#include "protocol/problem.h"

#include <gtest/gtest.h>

#include <chrono>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"

namespace chat {
namespace {

TEST(ProblemTest, SaysARefusalInHttp) {
  const v1::Problem problem =
      MakeProblem({ErrorCode::kUsernameTaken, "Somebody else has this name.", {}});

  EXPECT_EQ(problem.type(), "about:blank");
  EXPECT_EQ(problem.title(), "Conflict");
  EXPECT_EQ(problem.status(), 409u);
  EXPECT_EQ(problem.code(), "username_taken");
  EXPECT_EQ(problem.detail(), "Somebody else has this name.");
  EXPECT_FALSE(problem.has_retry_after_ms());
}

TEST(ProblemTest, SaysARefusalInAFrame) {
  const v1::ErrorEvent event =
      MakeErrorEvent({ErrorCode::kRateLimited, "Too many.", std::chrono::milliseconds(250)});

  EXPECT_EQ(event.code(), "rate_limited");
  EXPECT_EQ(event.detail(), "Too many.");
  EXPECT_EQ(event.retry_after_ms(), 250u);
}

TEST(ProblemTest, KeepsAWaitInsideOfItsField) {
  const auto wait = [](std::chrono::milliseconds retry_after) {
    return MakeProblem({ErrorCode::kUnavailable, "", retry_after}).retry_after_ms();
  };

  EXPECT_EQ(wait(std::chrono::milliseconds(-5)), 0u);
  EXPECT_EQ(wait(std::chrono::hours(24 * 365)), 4'294'967'295u);
}

}  // namespace
}  // namespace chat
