// Tickets, tokens and what a logout ends.
#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/api.h"
#include "tests/harness/chat_client.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

class SessionsScenarioTest : public Scenario {
 protected:
  // The status that refuses the connection; 101 when it is accepted.
  int StatusOf(const ConnectOptions& options) {
    const auto client = ChatClient::Connect(world().NextEndpoint(), options);
    return client ? 101 : client.error().status;
  }
};
INSTANTIATE_TEST_SUITE_P(Everywhere, SessionsScenarioTest, AllSettings(), NameOf);

TEST_P(SessionsScenarioTest, WelcomeSaysWhoseSessionItIs) {
  Person alice = Joins("alice");

  EXPECT_EQ(alice.welcome().user_id(), alice.id().number());
  EXPECT_EQ(alice.welcome().session_id(), alice.login().session_id());
  EXPECT_GT(alice.welcome().heartbeat_interval_ms(), 0u);
  EXPECT_EQ(alice.welcome().limits().sync_cursors(), 1000u);
  EXPECT_NE(alice.welcome().node(), "");
}

TEST_P(SessionsScenarioTest, TicketOpensOneConnection) {
  Person alice = world().Arrives("alice");
  const ConnectOptions options{.ticket = alice.TakesATicket()};

  EXPECT_EQ(StatusOf(options), 101);
  EXPECT_EQ(StatusOf(options), 401);
  EXPECT_EQ(StatusOf(options), 401);
}

TEST_P(SessionsScenarioTest, TicketOfTheLoginWorks) {
  Person alice = world().Arrives("alice");

  EXPECT_EQ(StatusOf({.ticket = alice.login().otp()}), 101);
}

TEST_P(SessionsScenarioTest, AccessTokenOpensConnectionsToo) {
  Person alice = world().Arrives("alice");
  const ConnectOptions options{.access_token = alice.api().access_token()};

  EXPECT_EQ(StatusOf(options), 101);
  EXPECT_EQ(StatusOf(options), 101);
}

TEST_P(SessionsScenarioTest, InventedCredentialsAreRefused) {
  Person alice = world().Arrives("alice");
  std::string altered = alice.TakesATicket();
  altered[altered.size() / 2] = altered[altered.size() / 2] == 'A' ? 'B' : 'A';

  EXPECT_EQ(StatusOf({.ticket = "invented"}), 401);
  EXPECT_EQ(StatusOf({.ticket = altered}), 401);
  EXPECT_EQ(StatusOf({.access_token = "v1.invented"}), 401);
  EXPECT_EQ(StatusOf({}), 401);
}

TEST_P(SessionsScenarioTest, WrongPasswordAndUnknownUserLookTheSame) {
  Person alice = world().Arrives("alice");
  v1::LoginRequest wrong;
  wrong.set_username("alice");
  wrong.set_password("not the password");
  v1::LoginRequest unknown = wrong;
  unknown.set_username("nobody");

  const auto to_wrong = alice.api().Post<v1::LoginResponse>("/v1/auth/login", wrong);
  const auto to_unknown = alice.api().Post<v1::LoginResponse>("/v1/auth/login", unknown);

  EXPECT_EQ(to_wrong.status, 401);
  EXPECT_EQ(to_wrong.problem.code(), "bad_credentials");
  EXPECT_EQ(to_wrong.problem.SerializeAsString(), to_unknown.problem.SerializeAsString());
}

TEST_P(SessionsScenarioTest, LogoutClosesItsSocketsAndKillsItsToken) {
  Person alice = Joins("alice");
  Person same_session = alice.AtAnotherDevice("second tab");
  same_session.Connects({.access_token = alice.api().access_token()});
  Person other_session = world().JoinsAgain(alice, "laptop");

  alice.LogsOut();

  alice.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  same_session.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  EXPECT_EQ(alice.api().Get<v1::UserResponse>("/v1/users/me").status, 401);
  EXPECT_EQ(alice.api().Post<v1::OtpResponse>("/v1/auth/otp").status, 401);
  EXPECT_EQ(StatusOf({.access_token = alice.api().access_token()}), 401);
  other_session.HearsNothingElse();
  EXPECT_EQ(other_session.api().Get<v1::UserResponse>("/v1/users/me").status, 200);
}

TEST_P(SessionsScenarioTest, OneDeviceEndsTheSessionOfAnother) {
  Person alice = Joins("alice");
  Person lost = world().JoinsAgain(alice, "lost phone");
  const auto sessions = alice.api().Get<v1::ListSessionsResponse>("/v1/auth/sessions");
  ASSERT_EQ(sessions.body.sessions_size(), 2);
  EXPECT_EQ(sessions.body.sessions(1).device_name(), "lost phone");

  const std::string id = std::to_string(sessions.body.sessions(1).session_id());
  EXPECT_EQ(alice.api().Delete("/v1/auth/sessions/" + id).status, 204);

  lost.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  EXPECT_EQ(lost.api().Get<v1::UserResponse>("/v1/users/me").status, 401);
  EXPECT_EQ(StatusOf({.access_token = lost.api().access_token()}), 401);
  alice.HearsNothingElse();
}

TEST_P(SessionsScenarioTest, OneDeviceEndsAllOtherSessions) {
  Person alice = Joins("alice");
  Person laptop = world().JoinsAgain(alice, "laptop");
  Person tablet = world().JoinsAgain(alice, "tablet");

  EXPECT_EQ(laptop.api().Delete("/v1/auth/sessions?except=current").status, 204);

  alice.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  tablet.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  laptop.HearsNothingElse();
}

TEST_P(SessionsScenarioTest, NewPasswordEndsAllOtherSessions) {
  Person alice = Joins("alice");
  Person laptop = world().JoinsAgain(alice, "laptop");
  v1::ChangePasswordRequest change;
  change.set_old_password(std::string(Person::kPassword));
  change.set_new_password("a better password");

  EXPECT_EQ(laptop.api().Post<NoBody>("/v1/auth/password", change).status, 204);

  alice.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  laptop.HearsNothingElse();
  const auto again = laptop.api().Post<NoBody>("/v1/auth/password", change);
  EXPECT_EQ(again.problem.code(), "bad_credentials");
}

TEST_P(SessionsScenarioTest, TicketDiesWithItsSession) {
  Person alice = world().Arrives("alice");
  const std::string ticket = alice.TakesATicket();

  alice.LogsOut();

  EXPECT_EQ(StatusOf({.ticket = ticket}), 401);
}

TEST_P(SessionsScenarioTest, RefreshGivesNewTokensThatWork) {
  Person alice = Joins("alice");
  v1::TokenRequest request;
  request.set_refresh_token(alice.login().refresh_token());

  const auto answer = alice.api().Post<v1::TokenResponse>("/v1/auth/token", request);

  ASSERT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.refresh_token(), alice.login().refresh_token());
  alice.api().set_access_token(answer.body.access_token());
  EXPECT_EQ(alice.api().Get<v1::UserResponse>("/v1/users/me").status, 200);
  alice.HearsNothingElse();
}

// The answer that brought the new token may have been lost.
TEST_P(SessionsScenarioTest, ReplacedRefreshTokenIsAcceptedOnceMoreAtOnce) {
  Person alice = world().Arrives("alice");
  v1::TokenRequest request;
  request.set_refresh_token(alice.login().refresh_token());

  EXPECT_EQ(alice.api().Post<v1::TokenResponse>("/v1/auth/token", request).status, 200);
  EXPECT_EQ(alice.api().Post<v1::TokenResponse>("/v1/auth/token", request).status, 200);
}

TEST_P(SessionsScenarioTest, InventedRefreshTokenIsRefused) {
  Person alice = world().Arrives("alice");
  v1::TokenRequest request;
  request.set_refresh_token("invented");

  EXPECT_EQ(alice.api().Post<v1::TokenResponse>("/v1/auth/token", request).status, 401);
}

TEST_P(SessionsScenarioTest, NamesAndAddressesAreTakenOnce) {
  world().Arrives("alice");
  Api api(world().NextEndpoint());
  v1::RegisterRequest request;
  request.set_username("ALICE");
  request.set_email("other@example.org");
  request.set_password(std::string(Person::kPassword));

  const auto same_name = api.Post<v1::RegisterResponse>("/v1/auth/register", request);
  request.set_username("other");
  request.set_email("Alice@Example.org");
  const auto same_address = api.Post<v1::RegisterResponse>("/v1/auth/register", request);

  EXPECT_EQ(same_name.status, 409);
  EXPECT_EQ(same_name.problem.code(), "username_taken");
  EXPECT_EQ(same_address.status, 409);
  EXPECT_EQ(same_address.problem.code(), "email_taken");
}

}  // namespace
}  // namespace chat::testing
