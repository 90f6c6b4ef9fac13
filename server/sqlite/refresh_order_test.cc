// The order of concurrent refreshes, which is that of the calls where one thread writes.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <utility>

#include "protocol/limits.h"
#include "server/ports/sessions.h"
#include "server/sqlite/conversation_fixture.h"
#include "server/sqlite/sessions.h"

namespace chat::sqlite {
namespace {

class RefreshOrderTest : public ConversationFixture {
 protected:
  static RefreshRotation Rotation(std::uint8_t presented, std::uint8_t next) {
    return {.presented = {presented},
            .next = {next},
            .lifetime = kRefreshTokenLifetime,
            .reuse_grace = kRefreshTokenGrace};
  }
};

TEST_F(RefreshOrderTest, LeavesTheTokenOfTheLastOfConcurrentRotationsGood) {
  Open(Options());
  const UserId alice = AddUser("alice");
  Sessions sessions(database(), executor());
  const auto session = Await<RefreshedSession, OpenSessionError>([&](auto done) {
    sessions.Open({.user_id = alice,
                   .device_name = "a phone",
                   .refresh_hash = {1},
                   .lifetime = kRefreshTokenLifetime},
                  std::move(done));
  });
  ASSERT_TRUE(session.has_value());

  int accepted = 0;
  for (std::uint8_t next = 100; next < 110; ++next) {
    sessions.Rotate(Rotation(1, next), [&](Result<RefreshedSession, RefreshError> rotated) {
      accepted += rotated ? 1 : 0;
    });
  }

  ASSERT_TRUE(executor().RunUntil([&] { return accepted == 10; }));
  clock().Advance(kRefreshTokenGrace + std::chrono::milliseconds(1));
  EXPECT_TRUE((Await<RefreshedSession, RefreshError>([&](auto done) {
                sessions.Rotate(Rotation(109, 200), std::move(done));
              })).has_value());
}

}  // namespace
}  // namespace chat::sqlite
