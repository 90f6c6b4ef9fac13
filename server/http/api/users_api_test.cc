#include "server/http/api/users_api.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

using UsersApiTest = ApiFixture;

TEST_F(UsersApiTest, ShowsOneselfWithTheEmail) {
  const Person alice = Join("alice");

  const auto user = Read<v1::UserResponse>(Get(alice, "/v1/users/me")).user();

  EXPECT_EQ(user.user_id(), alice.user_id.number());
  EXPECT_EQ(user.username(), "alice");
  EXPECT_EQ(user.email(), "alice@example.org");
}

TEST_F(UsersApiTest, FindsOthersByIdAndByNameWithoutTheEmail) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");

  const Response by_id = Get(alice, "/v1/users/" + bob.user_id.ToString());
  const Response by_name = Get(alice, "/v1/users", {{"username", "BOB"}});

  EXPECT_EQ(Read<v1::UserResponse>(by_id).user().username(), "bob");
  EXPECT_FALSE(Read<v1::UserResponse>(by_id).user().has_email());
  EXPECT_EQ(by_name.body, by_id.body);
}

TEST_F(UsersApiTest, AnswersWhatIsNoUserLikeAnAbsentOne) {
  const Person alice = Join("alice");

  const Response absent = Get(alice, "/v1/users/12345");

  EXPECT_EQ(CodeOf(absent), "not_found");
  for (const char* id : {"0", "-1", "01", "x", "99999999999999999999", "me2", "%00"}) {
    EXPECT_EQ(Get(alice, std::string("/v1/users/") + id).body, absent.body) << id;
  }
  for (const char* name : {"nobody", "ali", "alice ", "", "'; DROP TABLE users; --"}) {
    EXPECT_EQ(Get(alice, "/v1/users", {{"username", name}}).body, absent.body) << name;
  }
}

TEST_F(UsersApiTest, ListsNobodyWithoutAName) {
  const Person alice = Join("alice");

  const Response response = Get(alice, "/v1/users");

  EXPECT_EQ(CodeOf(response), "invalid_argument");
  EXPECT_NE(response.body.find("username"), std::string::npos);
}

TEST_F(UsersApiTest, ChangesOnesOwnDisplayName) {
  const Person alice = Join("alice");

  const Response response = Patch(alice, "/v1/users/me", R"({"display_name":"Alice A."})");

  EXPECT_EQ(Read<v1::UserResponse>(response).user().display_name(), "Alice A.");
  EXPECT_EQ(Read<v1::UserResponse>(response).user().email(), "alice@example.org");
  const Response same = Patch(alice, "/v1/users/me", "{}");
  EXPECT_EQ(Read<v1::UserResponse>(same).user().display_name(), "Alice A.");
  EXPECT_EQ(CodeOf(Patch(alice, "/v1/users/me", R"({"display_name":""})")), "invalid_argument");
  EXPECT_EQ(
      CodeOf(Patch(alice, "/v1/users/me", R"({"display_name":")" + std::string(65, 'x') + "\"}")),
      "invalid_argument");
}

TEST_F(UsersApiTest, ErasesWhoAsksForIt) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  Befriend(alice, bob);

  EXPECT_EQ(Delete(alice, "/v1/users/me").status, Status::kNoContent);

  EXPECT_EQ(Get(alice, "/v1/users/me").status, Status::kUnauthorized);
  EXPECT_EQ(CodeOf(LogIn("alice", "password-of-alice")), "bad_credentials");
  EXPECT_EQ(Read<v1::ListContactsResponse>(Get(bob, "/v1/contacts")).contacts_size(), 0);
  const auto user =
      Read<v1::UserResponse>(Get(bob, "/v1/users/" + alice.user_id.ToString())).user();
  EXPECT_EQ(user.display_name(), "Deleted user");
  EXPECT_EQ(CodeOf(Get(bob, "/v1/users", {{"username", user.username()}})), "not_found");
  EXPECT_NE(Join("alice").user_id, alice.user_id) << "the name is free again";
}

}  // namespace
}  // namespace chat::http
