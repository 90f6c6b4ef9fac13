// Who is seen online, when, and by whom. The exact times are tested in virtual time, beside the
// rules; here a short grace ends by itself and a long one never does.
#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

// What is seen although this grace goes on was seen at once.
class PresenceScenarioTest : public Scenario {
 protected:
  PresenceScenarioTest() : Scenario({"--presence-grace-ms=600000"}) {}
};
INSTANTIATE_TEST_SUITE_P(Everywhere, PresenceScenarioTest, AllSettings(), NameOf);

class PresenceAfterGraceScenarioTest : public Scenario {
 protected:
  PresenceAfterGraceScenarioTest() : Scenario({"--presence-grace-ms=200"}) {}
};
INSTANTIATE_TEST_SUITE_P(Everywhere, PresenceAfterGraceScenarioTest, AllSettings(), NameOf);

TEST_P(PresenceScenarioTest, SnapshotSaysHowThingsAre) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person carol = Joins("carol");
  alice.Befriends(bob);
  alice.Befriends(carol);
  carol.LogsOut();

  const v1::PresenceEvent snapshot = alice.Watches({bob.id(), carol.id()});

  ASSERT_EQ(snapshot.users_size(), 2);
  for (const v1::Presence& user : snapshot.users()) {
    EXPECT_EQ(user.online(), user.user_id() == bob.id().number());
  }
}

TEST_P(PresenceScenarioTest, ComingOnlineIsSeenAtOnce) {
  Person alice = Joins("alice");
  Person bob = world().Arrives("bob");
  bob.Asks(alice);
  alice.ReceivesContact("requested", bob);
  alice.Accepts(bob);
  const v1::PresenceEvent snapshot = alice.Watches({bob.id()});
  ASSERT_EQ(snapshot.users_size(), 1);
  ASSERT_FALSE(snapshot.users(0).online());

  world().Seat(bob);

  alice.Sees(bob, Seen::kOnline);
}

TEST_P(PresenceScenarioTest, LogoutIsSeenAtOnce) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  alice.Watches({bob.id()});

  bob.LogsOut();

  EXPECT_TRUE(alice.Sees(bob, Seen::kOffline).has_last_seen_at());
}

// Nobody comes back into a session that is over, so there is nothing to wait for.
TEST_P(PresenceScenarioTest, LogoutEndsTheGraceOfAClosedConnection) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  alice.Watches({bob.id()});
  bob.Disconnects();

  bob.LogsOut();

  alice.Sees(bob, Seen::kOffline);
}

TEST_P(PresenceScenarioTest, ReconnectWithinTheGraceIsInvisible) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  alice.Watches({bob.id()});

  bob.Vanishes();
  world().Seat(bob);
  bob.Disconnects();
  world().Seat(bob);

  alice.HearsNothingElse();
}

// The second connection is on another shard than the first, if there is one.
TEST_P(PresenceScenarioTest, LogoutAfterAReconnectElsewhereIsSeenAtOnce) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  alice.Watches({bob.id()});
  bob.Disconnects();
  world().Seat(bob);

  bob.LogsOut();

  alice.Sees(bob, Seen::kOffline);
}

TEST_P(PresenceScenarioTest, OneOfTwoDevicesGoesUnseen) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person bobs_laptop = world().JoinsAgain(bob, "laptop");
  alice.Befriends(bob);
  alice.Watches({bob.id()});

  bobs_laptop.LogsOut();
  alice.HearsNothingElse();

  bob.LogsOut();
  alice.Sees(bob, Seen::kOffline);
}

TEST_P(PresenceScenarioTest, StrangersSeeNothing) {
  Person alice = Joins("alice");
  Person eve = Joins("eve");

  EXPECT_EQ(eve.Watches({alice.id()}).users_size(), 0);

  alice.LogsOut();
  eve.HearsNothingElse();
}

TEST_P(PresenceScenarioTest, OneWhoOnlyAskedSeesNothing) {
  Person alice = Joins("alice");
  Person eve = Joins("eve");
  eve.Asks(alice);

  EXPECT_EQ(eve.Watches({alice.id()}).users_size(), 0);
}

TEST_P(PresenceScenarioTest, RemovedContactIsSeenNoMore) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person carol = Joins("carol");
  alice.Befriends(bob);
  carol.Befriends(bob);
  alice.Watches({bob.id()});
  carol.Watches({bob.id()});
  bob.Removes(alice);
  alice.ReceivesContact("removed", bob);

  EXPECT_EQ(alice.Watches({bob.id()}).users_size(), 0);
  bob.LogsOut();
  carol.Sees(bob, Seen::kOffline);

  alice.HearsNothingElse();
}

TEST_P(PresenceScenarioTest, WatchingAnewReplacesTheList) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person carol = Joins("carol");
  alice.Befriends(bob);
  alice.Befriends(carol);
  alice.Watches({bob.id()});

  alice.Watches({carol.id()});
  bob.LogsOut();
  carol.LogsOut();

  alice.Sees(carol, Seen::kOffline);
  alice.HearsNothingElse();
}

TEST_P(PresenceAfterGraceScenarioTest, ClosedConnectionIsSeenAfterTheGrace) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  alice.Watches({bob.id()});

  bob.Disconnects();

  EXPECT_TRUE(alice.Sees(bob, Seen::kOffline).has_last_seen_at());
  world().Seat(bob);
  alice.Sees(bob, Seen::kOnline);
}

TEST_P(PresenceAfterGraceScenarioTest, ResetConnectionIsSeenAfterTheGrace) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  alice.Watches({bob.id()});

  bob.Vanishes();

  alice.Sees(bob, Seen::kOffline);
}

// Nothing is asked anew: the removal itself has to end the watch.
TEST_P(PresenceAfterGraceScenarioTest, RemovalAloneEndsTheWatch) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person carol = Joins("carol");
  alice.Befriends(bob);
  carol.Befriends(bob);
  alice.Watches({bob.id()});
  carol.Watches({bob.id()});

  bob.Removes(alice);
  alice.ReceivesContact("removed", bob);
  bob.Disconnects();
  carol.Sees(bob, Seen::kOffline);

  alice.HearsNothingElse();
}

}  // namespace
}  // namespace chat::testing
