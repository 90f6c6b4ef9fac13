// People who are too fast: what is refused, and when it is their turn again.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "protocol/chat.pb.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/api.h"
#include "tests/harness/child_process.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Six times as long as a node waits before it charges Redis for what it gave out.
constexpr milliseconds kChargesPass{300};

// Slow ones, so that nothing comes back while a burst is taken. Whoever looks for a shard connects
// often.
std::string RatesFlag() {
  const std::filesystem::path file = TestOutputFolder() / "rates";
  std::ofstream(file) << "send 2/s burst 5\n"
                         "connect 1000/s\n"
                         "login_account 4/h\n";
  return "--rate-limits=" + file.string();
}

class RateLimitsScenarioTest : public Scenario {
 protected:
  RateLimitsScenarioTest() : Scenario({RatesFlag()}) {}

  static void Passes(Person& person, milliseconds time) {
    const auto end = steady_clock::now() + time;
    while (steady_clock::now() < end) person.HearsNothingElse();
  }
};
INSTANTIATE_TEST_SUITE_P(Everywhere, RateLimitsScenarioTest, AllSettings(), NameOf);

TEST_P(RateLimitsScenarioTest, SendsOverTheRateAreRefusedUntilTheWaitIsOver) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  for (int i = 0; i < 6; ++i) alice.BeginsToSend("message " + std::to_string(i));

  const v1::ErrorEvent refused = alice.IsRefused("rate_limited");

  EXPECT_GT(refused.retry_after_ms(), 0u);
  EXPECT_LE(refused.retry_after_ms(), 500u);
  for (int i = 0; i < 5; ++i) bob.Receives("message " + std::to_string(i));
  for (int i = 0; i < 5; ++i) alice.Next(v1::ServerFrame::kAck);
  Passes(alice, milliseconds(refused.retry_after_ms()));
  alice.Sends("patient");
  bob.Receives("patient");
}

TEST_P(RateLimitsScenarioTest, TwoDevicesShareTheRateOfTheirUser) {
  Person phone = Joins("alice");
  Person bob = Joins("bob");
  Introduce(phone, bob);
  Person carol = Joins("carol");  // so that the laptop's turn is another shard or node's
  Person laptop = world().JoinsAgain(phone, "laptop");
  laptop.TalksIn(phone.conversation());
  for (int i = 0; i < 5; ++i) phone.BeginsToSend("message " + std::to_string(i));
  for (int i = 0; i < 5; ++i) phone.Next(v1::ServerFrame::kAck);

  for (int i = 0; i < 5; ++i) laptop.Receives("message " + std::to_string(i));
  if (GetParam().nodes > 1) {
    // Another node learns of it with the charge for what it gave out itself, after this one's.
    Passes(laptop, kChargesPass);
    laptop.Sends("first");
    Passes(laptop, kChargesPass);
  }

  // Fewer than would be left to a device that had a bucket of its own.
  for (int i = 0; i < 4; ++i) laptop.BeginsToSend("more " + std::to_string(i));

  laptop.IsRefused("rate_limited");
}

TEST_P(RateLimitsScenarioTest, GuessedPasswordsAreRefusedWithWhenToTryAgain) {
  Person alice = Joins("alice");  // which logs in once
  v1::LoginRequest guess;
  guess.set_username("alice");
  guess.set_password("not this one");
  const Api api(world().NextEndpoint());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(api.Post<v1::LoginResponse>("/v1/auth/login", guess).problem.code(),
              "bad_credentials");
  }

  const auto refused = api.Post<v1::LoginResponse>("/v1/auth/login", guess);

  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.problem.code(), "rate_limited");
  EXPECT_GT(refused.problem.retry_after_ms(), 0u);
  EXPECT_LE(refused.problem.retry_after_ms(), 15u * 60 * 1000);
}

TEST_P(RateLimitsScenarioTest, WhoNeverWaitsIsClosed) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  for (int i = 0; i < 1100; ++i) alice.BeginsToSend("x");

  alice.IsClosedWith(websocket::CloseCode::kPolicyViolation);
}

}  // namespace
}  // namespace chat::testing
