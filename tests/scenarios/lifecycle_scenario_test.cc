// The server as its operator sees it: health, metrics, a graceful stop, and what a restart keeps.
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/json.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/chat_client.h"
#include "tests/harness/deadline.h"
#include "tests/harness/http_client.h"
#include "tests/harness/metrics_page.h"
#include "tests/harness/person.h"
#include "tests/harness/server_process.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

class LifecycleScenarioTest : public Scenario {
 protected:
  // Another connection of the same login.
  ChatClient ConnectsOnceMore(Person& person) {
    auto client = ChatClient::Connect(
        world().server().endpoint(),
        {.encoding = GetParam().encoding, .access_token = person.api().access_token()});
    if (!client) throw Surprise("cannot connect once more");
    return *std::move(client);
  }
};
INSTANTIATE_TEST_SUITE_P(Everywhere, LifecycleScenarioTest, EmbeddedSettings(), NameOf);

TEST_P(LifecycleScenarioTest, SaysThatItIsAliveAndReady) {
  const HttpClient client(world().server().endpoint());

  EXPECT_EQ(client.Get("/healthz").status, 200);
  const HttpAnswer ready = client.Get("/readyz");
  EXPECT_EQ(ready.status, 200);
  v1::ReadyResponse body;
  ASSERT_TRUE(ParseJson(ready.body, body));
  EXPECT_EQ(body.status(), "ready");
  ASSERT_EQ(body.dependencies_size(), 2);
  EXPECT_EQ(body.dependencies(0).name(), "sqlite");
  EXPECT_TRUE(body.dependencies(0).ready());
  EXPECT_EQ(body.dependencies(1).name(), "node");
  EXPECT_TRUE(body.dependencies(1).ready());
}

TEST_P(LifecycleScenarioTest, MetricsFollowWhatHappens) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  const MetricsPage before = world().server().Metrics();

  for (int i = 0; i < 5; ++i) alice.Sends("hi");
  for (int i = 0; i < 5; ++i) bob.Receives("hi");

  const MetricsPage after = world().server().Metrics();
  EXPECT_EQ(after.Total("chat_connections"), 2);
  EXPECT_EQ(after.Total("chat_acks_total") - before.Total("chat_acks_total"), 5);
  EXPECT_EQ(after.Total("chat_store_writes_total") - before.Total("chat_store_writes_total"), 5);
}

TEST_P(LifecycleScenarioTest, MetricsAreNotForEverybody) {
  EXPECT_EQ(HttpClient(world().server().endpoint()).Get("/metrics").status, 404);
}

TEST_P(LifecycleScenarioTest, ShardsHaveTheirConnectionsAsAsked) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  const MetricsPage metrics = world().server().Metrics();

  if (GetParam().shards == 2) {
    EXPECT_EQ(metrics.Value("chat_connections{shard=\"0\"}"), 1);
    EXPECT_EQ(metrics.Value("chat_connections{shard=\"1\"}"), 1);
  } else {
    EXPECT_EQ(metrics.Value("chat_connections{shard=\"0\"}"), 2);
  }
}

TEST_P(LifecycleScenarioTest, StopTellsEverybodyAndEndsWell) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");

  world().server().Terminate();

  alice.IsToldToGo();
  alice.IsClosedWith(websocket::CloseCode::kServerRestart);
  bob.IsToldToGo();
  bob.IsClosedWith(websocket::CloseCode::kServerRestart);
  EXPECT_EQ(world().server().ExitCode(), 0);
}

TEST_P(LifecycleScenarioTest, StopAnswersWhatIsInFlight) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  std::vector<std::string> in_flight;
  for (int i = 0; i < 50; ++i) in_flight.push_back(alice.BeginsToSend("in flight"));
  alice.Beats();

  world().server().Terminate();

  for (int i = 0; i < 50; ++i) EXPECT_EQ(alice.IsAcked(in_flight[i]).seq, i + 1);
  alice.IsToldToGo();
  EXPECT_EQ(world().server().ExitCode(), 0);
  world().server().Restart();
  world().Seat(bob);
  EXPECT_EQ(bob.Syncs(0).messages.size(), 50u);
}

TEST_P(LifecycleScenarioTest, StopStoresTheLastReceipts) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  for (const char* text : {"one", "two"}) {
    alice.Sends(text);
    bob.Receives(text);
  }
  bob.Reads(1);
  EXPECT_EQ(alice.ReceivesReceipt().read_seq(), 1);

  bob.Reads(2);  // waits for its turn, a second after the last one's
  bob.Beats();
  // Nobody is left to wait for, so that the server ends within that second.
  alice.Disconnects();
  bob.Disconnects();
  world().server().Terminate();
  ASSERT_EQ(world().server().ExitCode(), 0);

  world().server().Restart();
  world().Seat(bob);
  const std::string path = "/v1/conversations/" + bob.conversation().ToString();
  EXPECT_EQ(bob.api().Get<v1::ConversationResponse>(path).body.conversation().my_read_seq(), 2);
}

TEST_P(LifecycleScenarioTest, DrainIsAskedForOnTheAdminPortToo) {
  Person alice = Joins("alice");

  const HttpClient admin(world().server().admin());
  EXPECT_EQ(admin.Do({.method = "POST", .target = "/drain"}).status, 204);

  alice.IsToldToGo();
  alice.IsClosedWith(websocket::CloseCode::kServerRestart);
  EXPECT_EQ(world().server().ExitCode(), 0);
}

TEST_P(LifecycleScenarioTest, DrainingServerAnswersButTakesNobodyUntilItIsHurried) {
  Person alice = Joins("alice");
  // So many that they are not all gone before the test has looked.
  std::vector<ChatClient> crowd;
  for (int i = 0; i < 500; ++i) crowd.push_back(ConnectsOnceMore(alice));
  const HttpClient client(world().server().endpoint());

  world().server().Terminate();

  HttpAnswer ready = client.Get("/readyz");
  for (const Deadline deadline; ready.status != 503; ready = client.Get("/readyz")) {
    ASSERT_FALSE(deadline.passed());
  }
  EXPECT_TRUE(ready.body.contains("draining")) << ready.body;
  EXPECT_EQ(ready.header("Connection"), "close");
  EXPECT_EQ(client.Get("/healthz").status, 200);
  const auto refused = ChatClient::Connect(world().server().endpoint(),
                                           {.access_token = alice.api().access_token()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 503);
  world().server().Terminate();
  EXPECT_EQ(world().server().ExitCode(), 0);
}

TEST_P(LifecycleScenarioTest, WhoFollowsGoAwayLosesNoSend) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  constexpr std::size_t kInFlightMax = 50;
  std::size_t sent = 0;
  std::size_t acked = 0;
  bool is_told = false;
  const auto take = [&](const v1::ServerFrame& frame) {
    EXPECT_FALSE(frame.has_error()) << frame.ShortDebugString();
    if (frame.has_ack()) ++acked;
    if (frame.has_go_away()) is_told = true;
  };

  for (const Deadline deadline; !is_told;) {
    ASSERT_FALSE(deadline.passed());
    if (sent - acked < kInFlightMax) {
      alice.BeginsToSend("until the end");
      if (++sent == 2 * kInFlightMax) world().server().Terminate();
    }
    while (const auto frame = alice.client().ReceiveIfThere()) take(*frame);
  }

  auto frame = alice.client().Receive();
  for (; frame; frame = alice.client().Receive()) take(*frame);
  EXPECT_EQ(frame.error().code, websocket::CloseCode::kServerRestart);
  EXPECT_EQ(acked, sent);
  EXPECT_EQ(world().server().ExitCode(), 0);
}

TEST_P(LifecycleScenarioTest, RestartKeepsMessagesAndSessions) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  alice.Sends("before");
  bob.Receives("before");
  world().server().Terminate();
  ASSERT_EQ(world().server().ExitCode(), 0);

  world().server().Restart();
  world().Seat(alice);
  world().Seat(bob);

  EXPECT_EQ(bob.Syncs(0).messages.at(0).text(), "before");
  EXPECT_EQ(alice.Sends("after").seq, 2);
  bob.Receives("after");
}

TEST_P(LifecycleScenarioTest, RestartKeepsWhenSomebodyWasSeenLast) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  alice.Watches({bob.id()});
  bob.LogsOut();
  const v1::Presence before = alice.Sees(bob, Seen::kOffline);
  world().server().Terminate();
  ASSERT_EQ(world().server().ExitCode(), 0);

  world().server().Restart();
  world().Seat(alice);
  const v1::PresenceEvent after = alice.Watches({bob.id()});

  ASSERT_EQ(after.users_size(), 1);
  EXPECT_EQ(after.users(0).SerializeAsString(), before.SerializeAsString());
}

TEST_P(LifecycleScenarioTest, RestartKnowsWhenThoseWereSeenWhoStayedUntilTheStop) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  world().server().Terminate();
  ASSERT_EQ(world().server().ExitCode(), 0);

  world().server().Restart();
  world().Seat(alice);
  const v1::PresenceEvent seen = alice.Watches({bob.id()});

  ASSERT_EQ(seen.users_size(), 1);
  EXPECT_FALSE(seen.users(0).online());
  EXPECT_TRUE(seen.users(0).has_last_seen_at()) << seen.ShortDebugString();
}

TEST_P(LifecycleScenarioTest, CrashKeepsWhatWasAcked) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  const Acked acked = alice.SendsAs("id", "acked");

  world().server().Kill();
  world().server().Restart();
  world().Seat(alice);
  world().Seat(bob);

  EXPECT_EQ(alice.SendsAs("id", "acked"), acked);
  EXPECT_EQ(bob.Syncs(0).messages.at(0).message_id(), acked.message_id);
}

}  // namespace
}  // namespace chat::testing
