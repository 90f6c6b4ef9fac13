// What the API answers to who asks too often.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "protocol/chat.pb.h"
#include "protocol/rates.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RateLimitsApiTest : public ApiFixture {
 protected:
  RateLimitsApiTest() : ApiFixture(kDefaultRates) {}

  Response Register(int number, std::string address) {
    const std::string name = "user" + std::to_string(number);
    return Send({.method = Method::kPost,
                 .path = "/v1/auth/register",
                 .body = R"({"username":")" + name + R"(","email":")" + name +
                         R"(@example.org","password":"long enough"})",
                 .client_address = std::move(address)});
  }

  Response TryToLogIn(std::string body, std::string address = "192.0.2.1") {
    return Send({.method = Method::kPost,
                 .path = "/v1/auth/login",
                 .body = std::move(body),
                 .client_address = std::move(address)});
  }

  static void IsTooOften(const Response& response, milliseconds wait) {
    EXPECT_EQ(response.status, Status::kTooManyRequests);
    EXPECT_EQ(CodeOf(response), "rate_limited");
    EXPECT_TRUE(response.body.contains("\"retry_after_ms\":" + std::to_string(wait.count())))
        << response.body;
    EXPECT_EQ(HeaderOf(response, "Retry-After"),
              std::to_string(std::chrono::ceil<seconds>(wait).count()));
  }
};

constexpr const char* kAlicesName = R"({"username":"alice","password":"a wrong one"})";
constexpr const char* kAlicesEmail = R"({"email":"alice@example.org","password":"a wrong one"})";

TEST_F(RateLimitsApiTest, TwentyAccountsAnHourAreMadeFromAnAddress) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Register(i, "192.0.2.1").status, Status::kCreated) << i;
  }

  IsTooOften(Register(20, "192.0.2.1"), std::chrono::minutes(3));
  EXPECT_EQ(Register(21, "192.0.2.2").status, Status::kCreated);
  now_ += std::chrono::minutes(3);
  EXPECT_EQ(Register(20, "192.0.2.1").status, Status::kCreated);
}

TEST_F(RateLimitsApiTest, AnAccountIsTriedTenTimesAMinuteByBothOfItsNamesAndFromAnywhere) {
  Join("alice");  // which logs in once
  for (int i = 0; i < 5; ++i) EXPECT_EQ(CodeOf(TryToLogIn(kAlicesName)), "bad_credentials");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(CodeOf(TryToLogIn(kAlicesEmail)), "bad_credentials");

  IsTooOften(TryToLogIn(kAlicesName), seconds(6));
  IsTooOften(TryToLogIn(kAlicesEmail, "192.0.2.77"), seconds(6));
  IsTooOften(LogIn("alice", "password-of-alice"), seconds(6));
  now_ += seconds(6);
  EXPECT_EQ(LogIn("alice", "password-of-alice").status, Status::kOk);
}

TEST_F(RateLimitsApiTest, ANameThatIsNobodysIsLimitedAsAnAccountIs) {
  const std::string body = R"({"username":"nobody","password":"a wrong one"})";
  for (int i = 0; i < 10; ++i) EXPECT_EQ(CodeOf(TryToLogIn(body)), "bad_credentials");

  IsTooOften(TryToLogIn(body), seconds(6));
}

TEST_F(RateLimitsApiTest, AnAddressTriesSixtyLoginsAMinuteToWhateverAccount) {
  const auto try_name = [&](int number, std::string address) {
    return TryToLogIn(
        R"({"username":"guess)" + std::to_string(number) + R"(","password":"a wrong one"})",
        std::move(address));
  };
  for (int i = 0; i < 60; ++i) EXPECT_EQ(CodeOf(try_name(i, "192.0.2.1")), "bad_credentials");

  IsTooOften(try_name(60, "192.0.2.1"), seconds(1));
  EXPECT_EQ(CodeOf(try_name(60, "192.0.2.2")), "bad_credentials");
}

TEST_F(RateLimitsApiTest, AUserAsksAHundredTimesAtOnceAndThenFiftyASecond) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Get(alice, "/v1/users/me").status, Status::kOk);

  IsTooOften(Get(alice, "/v1/conversations"), milliseconds(20));
  EXPECT_EQ(Get(bob, "/v1/users/me").status, Status::kOk);
  now_ += milliseconds(20);
  EXPECT_EQ(Get(alice, "/v1/users/me").status, Status::kOk);
}

TEST_F(RateLimitsApiTest, WhoShowsNothingIsLimitedByAddress) {
  for (int i = 0; i < 99; ++i) {
    EXPECT_EQ(Send({.path = "/v1/users/me"}).status, Status::kUnauthorized);
  }
  const Call refresh{.method = Method::kPost,
                     .path = "/v1/auth/token",
                     .body = R"({"refresh_token":"no such token"})"};
  EXPECT_EQ(Send(refresh).status, Status::kUnauthorized);

  IsTooOften(Send(refresh), milliseconds(20));
  IsTooOften(Send({.path = "/v1/users/me"}), milliseconds(20));
  IsTooOften(Send({.path = "/v1/users/me", .access_token = "no such token"}), milliseconds(20));
}

}  // namespace
}  // namespace chat::http
