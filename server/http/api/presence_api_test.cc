#include "server/http/api/presence_api.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "protocol/chat.pb.h"
#include "protocol/limits.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

class PresenceApiTest : public ApiFixture {
 protected:
  Response Ask(const Person& who, std::string ids) {
    return Get(who, "/v1/presence", {{"user_ids", std::move(ids)}});
  }
};

TEST_F(PresenceApiTest, ShowsContactsAndLeavesOutStrangers) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  const Person carol = Join("carol");
  const Person mallory = Join("mallory");
  Befriend(alice, bob);
  Befriend(alice, carol);
  online_ = {bob.user_id, mallory.user_id};

  const auto answer = Read<v1::PresenceResponse>(Ask(alice, mallory.user_id.ToString() + "," +
                                                                carol.user_id.ToString() + "," +
                                                                bob.user_id.ToString() + ",1"));

  ASSERT_EQ(answer.users_size(), 2);
  EXPECT_EQ(answer.users(0).user_id(), carol.user_id.number());
  EXPECT_FALSE(answer.users(0).online());
  EXPECT_EQ(answer.users(1).user_id(), bob.user_id.number());
  EXPECT_TRUE(answer.users(1).online());
}

TEST_F(PresenceApiTest, RefusesWhatIsNoListOfIds) {
  const Person alice = Join("alice");
  std::string ids = "1";
  for (std::size_t i = 1; i < kRequestIdsMax; ++i) ids += ",1";

  EXPECT_EQ(Ask(alice, ids).status, Status::kOk);
  EXPECT_EQ(CodeOf(Ask(alice, ids + ",1")), "invalid_argument");
  EXPECT_EQ(CodeOf(Ask(alice, "1,,2")), "invalid_argument");
  EXPECT_EQ(CodeOf(Ask(alice, "bob")), "invalid_argument");
  EXPECT_EQ(CodeOf(Get(alice, "/v1/presence")), "invalid_argument");
}

}  // namespace
}  // namespace chat::http
