// A refresh token that was replaced and comes back late was stolen by somebody: its session ends.
#include <gtest/gtest.h>

#include <chrono>

#include "protocol/chat.pb.h"
#include "protocol/limits.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/chat_world.h"
#include "tests/harness/deadline.h"
#include "tests/harness/person.h"

namespace chat::testing {
namespace {

TEST(RefreshReuseTest, LateReuseRevokesTheSessionAndClosesItsSockets) {
  ChatWorld world({});
  Person alice = world.Joins("alice");
  v1::TokenRequest request;
  request.set_refresh_token(alice.login().refresh_token());
  ASSERT_EQ(alice.api().Post<v1::TokenResponse>("/v1/auth/token", request).status, 200);

  // As long as a lost answer excuses it, nothing may happen to the connection.
  const Deadline grace(kRefreshTokenGrace + std::chrono::milliseconds(200));
  EXPECT_THROW((void)alice.client().Receive(grace), Surprise);
  const auto reused = alice.api().Post<v1::TokenResponse>("/v1/auth/token", request);

  EXPECT_EQ(reused.status, 401);
  EXPECT_EQ(reused.problem.code(), "refresh_token_reused");
  alice.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  EXPECT_EQ(alice.api().Get<v1::UserResponse>("/v1/users/me").status, 401);
}

}  // namespace
}  // namespace chat::testing
