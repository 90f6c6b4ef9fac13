#include "server/http/api/sessions_api.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

class SessionsApiTest : public ApiFixture {
 protected:
  v1::ListSessionsResponse List(const Person& who, std::vector<Field> query = {}) {
    return Read<v1::ListSessionsResponse>(Get(who, "/v1/auth/sessions", std::move(query)));
  }
  Response RevokeOthers(const Person& who) {
    return Delete(who, "/v1/auth/sessions", {{"except", "current"}});
  }
  Response ChangePassword(const Person& who, const std::string& from, const std::string& to) {
    return Post(who, "/v1/auth/password",
                R"({"old_password":")" + from + R"(","new_password":")" + to + "\"}");
  }
  Status StatusOf(const Person& who) { return Get(who, "/v1/users/me").status; }
};

TEST_F(SessionsApiTest, ListsOnesOwnSessionsInPages) {
  const Person phone = Join("alice");
  const Person laptop = JoinAgain(phone);
  Join("bob");

  const auto all = List(laptop);
  const auto first = List(laptop, {{"limit", "1"}});
  const auto second = List(laptop, {{"limit", "1"}, {"cursor", first.next_cursor()}});

  ASSERT_EQ(all.sessions_size(), 2);
  EXPECT_EQ(all.sessions(0).session_id(), phone.session_id.number());
  EXPECT_FALSE(all.sessions(0).current());
  EXPECT_TRUE(all.sessions(1).current());
  ASSERT_EQ(second.sessions_size(), 1);
  EXPECT_EQ(second.sessions(0).session_id(), laptop.session_id.number());
  EXPECT_EQ(second.next_cursor(), "");
}

TEST_F(SessionsApiTest, RevokesOneSessionAndItsToken) {
  const Person phone = Join("alice");
  const Person laptop = JoinAgain(phone);
  const std::string path = "/v1/auth/sessions/" + phone.session_id.ToString();

  EXPECT_EQ(Delete(laptop, path).status, Status::kNoContent);

  EXPECT_EQ(StatusOf(phone), Status::kUnauthorized);
  EXPECT_EQ(StatusOf(laptop), Status::kOk);
  EXPECT_EQ(CodeOf(Delete(laptop, path)), "not_found");
}

TEST_F(SessionsApiTest, RevokesNoSessionOfAnother) {
  const Person alice = Join("alice");
  const Person mallory = Join("mallory");

  EXPECT_EQ(CodeOf(Delete(mallory, "/v1/auth/sessions/" + alice.session_id.ToString())),
            "not_found");
  EXPECT_EQ(CodeOf(Delete(mallory, "/v1/auth/sessions/x")), "not_found");
  EXPECT_EQ(StatusOf(alice), Status::kOk);
}

TEST_F(SessionsApiTest, RevokesAllButTheCurrentOneWhenToldSo) {
  const Person phone = Join("alice");
  const Person laptop = JoinAgain(phone);

  EXPECT_EQ(CodeOf(Delete(laptop, "/v1/auth/sessions")), "invalid_argument");
  EXPECT_EQ(StatusOf(phone), Status::kOk);
  EXPECT_EQ(RevokeOthers(laptop).status, Status::kNoContent);
  EXPECT_EQ(RevokeOthers(laptop).status, Status::kNoContent);

  EXPECT_EQ(StatusOf(phone), Status::kUnauthorized);
  EXPECT_EQ(List(laptop).sessions_size(), 1);
}

TEST_F(SessionsApiTest, ChangesThePasswordAndEndsAllOtherSessions) {
  const Person phone = Join("alice");
  const Person laptop = JoinAgain(phone);

  EXPECT_EQ(ChangePassword(laptop, "password-of-alice", "another password").status,
            Status::kNoContent);

  EXPECT_EQ(StatusOf(phone), Status::kUnauthorized);
  EXPECT_EQ(StatusOf(laptop), Status::kOk);
  EXPECT_EQ(CodeOf(LogIn("alice", "password-of-alice")), "bad_credentials");
  EXPECT_EQ(LogIn("alice", "another password").status, Status::kOk);
}

TEST_F(SessionsApiTest, KeepsThePasswordWhenEitherIsWrong) {
  const Person alice = Join("alice");

  EXPECT_EQ(CodeOf(ChangePassword(alice, "a wrong one", "another password")), "bad_credentials");
  EXPECT_EQ(CodeOf(ChangePassword(alice, std::string(2000, 'x'), "another password")),
            "bad_credentials");
  const Response refused = ChangePassword(alice, "password-of-alice", "short");
  EXPECT_EQ(CodeOf(refused), "invalid_argument");
  EXPECT_NE(refused.body.find("new_password"), std::string::npos);

  EXPECT_EQ(LogIn("alice", "password-of-alice").status, Status::kOk);
}

}  // namespace
}  // namespace chat::http
