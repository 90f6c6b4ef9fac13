#include "server/http/api/auth_api.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <future>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/limits.h"
#include "protocol/timestamp.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

class AuthApiTest : public ApiFixture {
 protected:
  Response PostAnonymously(std::string path, std::string body) {
    return Send({.method = Method::kPost, .path = std::move(path), .body = std::move(body)});
  }

  Response Refresh(std::string_view refresh_token) {
    return PostAnonymously("/v1/auth/token",
                           R"({"refresh_token":")" + std::string(refresh_token) + "\"}");
  }
};

TEST_F(AuthApiTest, RegistersAUserUnderTheirNameInLowerCase) {
  const Response response = PostAnonymously(
      "/v1/auth/register",
      R"({"username":"Alice","email":"Alice@Example.org","password":"correct horse"})");

  EXPECT_EQ(response.status, Status::kCreated);
  const auto user = Read<v1::RegisterResponse>(response).user();
  EXPECT_EQ(user.username(), "alice");
  EXPECT_EQ(user.display_name(), "alice");
  EXPECT_GT(user.user_id(), 0);
  EXPECT_EQ(FromProtoTimestamp(user.created_at()), clock_.Now());
  EXPECT_FALSE(user.has_email());
}

TEST_F(AuthApiTest, RefusesATakenNameOrEmailInAnyCase) {
  Join("alice");

  EXPECT_EQ(CodeOf(PostAnonymously(
                "/v1/auth/register",
                R"({"username":"ALICE","email":"other@example.org","password":"12345678"})")),
            "username_taken");
  EXPECT_EQ(CodeOf(PostAnonymously(
                "/v1/auth/register",
                R"({"username":"other","email":"ALICE@example.org","password":"12345678"})")),
            "email_taken");
}

TEST_F(AuthApiTest, NamesTheFieldThatIsWrong) {
  const struct {
    std::string body;
    std::string_view field;
  } cases[] = {
      {R"({"email":"a@example.org","password":"12345678"})", "\\\"username\\\""},
      {R"({"username":"al","email":"a@example.org","password":"12345678"})", "\\\"username\\\""},
      {R"({"username":"alice","email":"nowhere","password":"12345678"})", "\\\"email\\\""},
      {R"({"username":"alice","email":"a@example.org","password":"1234567"})", "\\\"password\\\""},
  };
  for (const auto& [body, field] : cases) {
    const Response response = PostAnonymously("/v1/auth/register", body);
    EXPECT_EQ(response.status, Status::kBadRequest) << body;
    EXPECT_EQ(CodeOf(response), "invalid_argument") << body;
    EXPECT_NE(response.body.find(field), std::string::npos) << response.body;
    EXPECT_EQ(response.body.find("1234567"), std::string::npos) << "shows the password";
  }
}

TEST_F(AuthApiTest, RefusesABodyThatDoesNotParse) {
  for (const char* path : {"/v1/auth/register", "/v1/auth/login", "/v1/auth/token"}) {
    EXPECT_EQ(CodeOf(PostAnonymously(path, "{'username':1}")), "invalid_frame") << path;
    EXPECT_EQ(CodeOf(PostAnonymously(path, "")), "invalid_frame") << path;
  }
}

TEST_F(AuthApiTest, LogsInByNameAndByEmail) {
  const Person alice = Join("alice");

  const auto by_name = Read<v1::LoginResponse>(LogIn("Alice", "password-of-alice"));
  const auto by_email = Read<v1::LoginResponse>(PostAnonymously(
      "/v1/auth/login",
      R"({"email":"ALICE@example.org","password":"password-of-alice","device_name":"phone"})"));

  EXPECT_EQ(by_name.user().user_id(), alice.user_id.number());
  EXPECT_EQ(by_email.user().user_id(), alice.user_id.number());
  EXPECT_NE(by_name.session_id(), by_email.session_id());
  EXPECT_NE(by_name.refresh_token(), by_email.refresh_token());
}

TEST_F(AuthApiTest, SaysWhenEachCredentialExpires) {
  Join("alice");

  const auto login = Read<v1::LoginResponse>(LogIn("alice", "password-of-alice"));

  EXPECT_EQ(FromProtoTimestamp(login.access_token_expires_at()),
            clock_.Now() + kAccessTokenLifetime);
  EXPECT_EQ(FromProtoTimestamp(login.refresh_token_expires_at()),
            clock_.Now() + kRefreshTokenLifetime);
  EXPECT_EQ(FromProtoTimestamp(login.otp_expires_at()), clock_.Now() + kTicketLifetime);
  EXPECT_TRUE(login.access_token().starts_with("v1."));
  EXPECT_FALSE(login.otp().empty());
}

TEST_F(AuthApiTest, AnswersAnUnknownUserExactlyLikeAWrongPassword) {
  Join("alice");

  const Response wrong = LogIn("alice", "not her password");
  const Response unknown = LogIn("nobody", "not her password");
  const Response impossible = LogIn("no body!", "not her password");

  EXPECT_EQ(wrong.status, Status::kUnauthorized);
  EXPECT_EQ(CodeOf(wrong), "bad_credentials");
  EXPECT_EQ(HeaderOf(wrong, "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(unknown.status, wrong.status);
  EXPECT_EQ(unknown.body, wrong.body);
  EXPECT_EQ(impossible.body, wrong.body);
}

TEST_F(AuthApiTest, RefusesALoginThatIsNotOneNameAndOnePassword) {
  for (const char* body :
       {R"({"password":"12345678"})",
        R"({"username":"alice","email":"a@example.org","password":"12345678"})"}) {
    EXPECT_EQ(CodeOf(PostAnonymously("/v1/auth/login", body)), "invalid_argument") << body;
  }
  EXPECT_EQ(CodeOf(LogIn("alice", std::string(1025, 'x'))), "invalid_argument");
  EXPECT_EQ(CodeOf(PostAnonymously("/v1/auth/login",
                                   R"({"username":"alice","password":"12345678","push":{}})")),
            "unsupported");
}

TEST_F(AuthApiTest, TakesOnlySmallLogins) {
  const auto match = router_.Find(Method::kPost, "/v1/auth/login");

  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->route->body_bytes_max, kHttpLoginBodyBytesMax);
}

TEST_F(AuthApiTest, RefreshesBothTokens) {
  const Person alice = Join("alice");
  clock_.Advance(std::chrono::minutes(10));

  const auto fresh = Read<v1::TokenResponse>(Refresh(alice.refresh_token));

  EXPECT_NE(fresh.refresh_token(), alice.refresh_token);
  EXPECT_EQ(FromProtoTimestamp(fresh.access_token_expires_at()),
            clock_.Now() + kAccessTokenLifetime);
  EXPECT_EQ(FromProtoTimestamp(fresh.refresh_token_expires_at()),
            clock_.Now() + kRefreshTokenLifetime);
  const Person refreshed{.user_id = alice.user_id,
                         .username = alice.username,
                         .access_token = fresh.access_token(),
                         .refresh_token = fresh.refresh_token()};
  EXPECT_EQ(Get(refreshed, "/v1/users/me").status, Status::kOk);
}

TEST_F(AuthApiTest, AcceptsTheOldRefreshTokenForTenSecondsAndThenEndsTheSession) {
  const Person alice = Join("alice");
  ASSERT_EQ(Refresh(alice.refresh_token).status, Status::kOk);

  clock_.Advance(kRefreshTokenGrace - std::chrono::seconds(1));
  EXPECT_EQ(Refresh(alice.refresh_token).status, Status::kOk);
  clock_.Advance(std::chrono::seconds(2) + kRefreshTokenGrace);
  const Response reused = Refresh(alice.refresh_token);

  EXPECT_EQ(reused.status, Status::kUnauthorized);
  EXPECT_EQ(CodeOf(reused), "refresh_token_reused");
  EXPECT_EQ(CodeOf(Get(alice, "/v1/users/me")), "unauthenticated");
}

TEST_F(AuthApiTest, RefusesRefreshTokensThatWereNeverIssued) {
  for (const std::string& token : {std::string(), std::string("x"), std::string(43, 'A')}) {
    const Response response = Refresh(token);
    EXPECT_EQ(response.status, Status::kUnauthorized) << token;
    EXPECT_EQ(CodeOf(response), "unauthenticated") << token;
  }
}

TEST_F(AuthApiTest, GivesAFreshTicketWithoutAPassword) {
  const Person alice = Join("alice");

  const Response response = Post(alice, "/v1/auth/otp");
  const auto first = Read<v1::OtpResponse>(response);
  const auto second = Read<v1::OtpResponse>(Post(alice, "/v1/auth/otp"));

  EXPECT_EQ(response.status, Status::kCreated);
  EXPECT_NE(first.otp(), second.otp());
  EXPECT_EQ(FromProtoTimestamp(first.otp_expires_at()), clock_.Now() + kTicketLifetime);
}

TEST_F(AuthApiTest, LogoutEndsThisSessionAtOnceAndNoOther) {
  const Person phone = Join("alice");
  const auto login = Read<v1::LoginResponse>(LogIn("alice", "password-of-alice"));
  Person laptop = phone;
  laptop.access_token = login.access_token();

  const Response response = Post(phone, "/v1/auth/logout");

  EXPECT_EQ(response.status, Status::kNoContent);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(CodeOf(Get(phone, "/v1/users/me")), "unauthenticated");
  EXPECT_EQ(CodeOf(Refresh(phone.refresh_token)), "unauthenticated");
  EXPECT_EQ(Get(laptop, "/v1/users/me").status, Status::kOk);
}

TEST_F(AuthApiTest, EverythingButSigningInNeedsAnAccessToken) {
  const Person alice = Join("alice");
  const struct {
    Method method;
    std::string_view path;
  } calls[] = {
      {Method::kPost, "/v1/auth/otp"},
      {Method::kPost, "/v1/auth/logout"},
      {Method::kGet, "/v1/users/me"},
      {Method::kGet, "/v1/users/1"},
      {Method::kGet, "/v1/users"},
      {Method::kGet, "/v1/contacts"},
      {Method::kPost, "/v1/contacts"},
      {Method::kPost, "/v1/contacts/1/accept"},
      {Method::kDelete, "/v1/contacts/1"},
      {Method::kGet, "/v1/conversations"},
      {Method::kPost, "/v1/conversations"},
      {Method::kGet, "/v1/conversations/1"},
      {Method::kGet, "/v1/conversations/1/messages"},
  };
  const std::string flipped = "w" + alice.access_token.substr(1);
  for (const auto& [method, path] : calls) {
    for (const std::string& token : {std::string(), std::string("x"), flipped}) {
      const Response response =
          Send({.method = method, .path = std::string(path), .access_token = token});
      EXPECT_EQ(response.status, Status::kUnauthorized) << path;
      EXPECT_EQ(CodeOf(response), "unauthenticated") << path;
      EXPECT_EQ(HeaderOf(response, "WWW-Authenticate"), "Bearer") << path;
    }
  }
}

TEST_F(AuthApiTest, AnAccessTokenExpires) {
  const Person alice = Join("alice");

  clock_.Advance(kAccessTokenLifetime);

  EXPECT_EQ(CodeOf(Get(alice, "/v1/users/me")), "unauthenticated");
}

TEST_F(AuthApiTest, SaysWhenToTryAgainWhileTheStoreIsDown) {
  const Person alice = Join("alice");
  StopStore();

  for (const Response& response :
       {Get(alice, "/v1/users/me"), LogIn("alice", "password-of-alice"),
        Refresh(alice.refresh_token),
        PostAnonymously("/v1/auth/register",
                        R"({"username":"bob","email":"b@example.org","password":"12345678"})")}) {
    EXPECT_EQ(response.status, Status::kServiceUnavailable);
    EXPECT_EQ(CodeOf(response), "unavailable");
    EXPECT_EQ(HeaderOf(response, "Retry-After"), "1");
  }
}

TEST_F(AuthApiTest, SaysWhenToTryAgainWhileTooManyPasswordsWait) {
  Join("alice");
  std::promise<void> started;
  std::promise<void> release;
  ASSERT_TRUE(pool_.Submit([&started, released = release.get_future()] {
    started.set_value();
    released.wait();
  }));
  started.get_future().wait();
  for (std::size_t i = 0; i < kHashesQueuedMax; ++i) ASSERT_TRUE(pool_.Submit([] {}));

  const Response response = LogIn("alice", "password-of-alice");
  release.set_value();

  EXPECT_EQ(CodeOf(response), "unavailable");
  EXPECT_EQ(HeaderOf(response, "Retry-After"), "1");
}

}  // namespace
}  // namespace chat::http
