// Who is told of whom, over two shards in virtual time.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "server/core/hub.h"
#include "tests/harness/hub_world.h"

namespace chat {
namespace {

using std::chrono::milliseconds;
using testing::Device;
using testing::HubWorld;
using testing::WatchFrame;

constexpr UserId kAlice(1001);
constexpr UserId kBob(1002);

class HubPresenceTest : public ::testing::Test {
 protected:
  HubPresenceTest() {
    world_.store().AllowPresence(kAlice, kBob);
    world_.Settle();
    alice_.Take();
  }

  // What Alice last heard of Bob, if anything, since she was last asked.
  std::optional<bool> Heard() {
    std::optional<bool> online;
    for (const v1::ServerFrame& frame : alice_.Take()) {
      for (const v1::Presence& presence : frame.presence().users()) {
        if (presence.user_id() == kBob.number()) online = presence.online();
      }
    }
    return online;
  }

  void WatchBob() {
    alice_.Give(WatchFrame({kBob}));
    world_.Settle();
  }

  // Passes time in which Alice's own connection stays alive.
  void Pass(milliseconds time) {
    for (auto passed = milliseconds(0); passed < time; passed += milliseconds(100)) {
      world_.hub(0).Touch(alice_.connection());
      world_.Pass(milliseconds(100));
    }
  }

  void LogOut(Device& device) { LogOut(device.connection().owner()); }

  void LogOut(SessionOwner session) {
    auto batch = std::make_shared<CommitBatch>();
    batch->revoked_sessions.push_back(session);
    world_.bus().Publish(std::shared_ptr<const CommitBatch>(batch));
    world_.Settle();
  }

  HubWorld world_{2};
  Device& alice_ = world_.Connect(kAlice, 0);
};

TEST_F(HubPresenceTest, AWatchStartsWithHowThingsAreAndGoesOnWithWhatChanges) {
  WatchBob();
  EXPECT_EQ(Heard(), false);

  Device& bob = world_.Connect(kBob, 1);
  world_.Settle();
  EXPECT_EQ(Heard(), true);

  bob.Disconnect();
  Pass(milliseconds(9900));
  EXPECT_EQ(Heard(), std::nullopt);
  Pass(milliseconds(200));
  EXPECT_EQ(Heard(), false);
}

TEST_F(HubPresenceTest, AReconnectWithinTheGraceIsNotSeen) {
  WatchBob();
  Device& bob = world_.Connect(kBob, 1);
  world_.Settle();
  Heard();

  bob.Disconnect();
  Pass(milliseconds(5000));
  world_.Connect(kBob, 0);
  Pass(milliseconds(8000));

  EXPECT_EQ(Heard(), std::nullopt);
}

TEST_F(HubPresenceTest, SilenceOnTheLastConnectionIsOfflineAtOnce) {
  WatchBob();
  world_.Connect(kBob, 1);
  world_.Settle();
  Heard();

  Pass(milliseconds(29900));
  EXPECT_EQ(Heard(), std::nullopt);
  Pass(milliseconds(200));

  EXPECT_EQ(Heard(), false);
}

TEST_F(HubPresenceTest, LoggingOutOfOneOfTwoSessionsIsNotSeenAndOfTheLastIsAtOnce) {
  WatchBob();
  Device& phone = world_.Connect(kBob, 0);
  Device& laptop = world_.Connect(kBob, 1);
  world_.Settle();
  Heard();

  LogOut(phone);
  EXPECT_EQ(Heard(), std::nullopt);
  LogOut(laptop);

  EXPECT_EQ(Heard(), false);
}

TEST_F(HubPresenceTest, LoggingOutAfterAReconnectOnAnotherShardIsSeenAtOnce) {
  WatchBob();
  Device& before = world_.Connect(kBob, 0);
  world_.Settle();
  before.Disconnect();
  Pass(milliseconds(1000));
  Device& after = world_.Connect(kBob, 1);
  world_.Settle();
  EXPECT_EQ(Heard(), true);

  LogOut(after);

  EXPECT_EQ(Heard(), false);
}

TEST_F(HubPresenceTest, LoggingOutEndsTheGraceOfAConnectionThatClosedBefore) {
  WatchBob();
  Device& bob = world_.Connect(kBob, 1);
  world_.Settle();
  const SessionOwner session = bob.connection().owner();
  bob.Disconnect();
  Pass(milliseconds(1000));
  EXPECT_EQ(Heard(), true);

  LogOut(session);

  EXPECT_EQ(Heard(), false);
}

TEST_F(HubPresenceTest, LoggingOutOnTheLastIsSeenAtOnceThoughAnotherClosedJustBefore) {
  WatchBob();
  Device& closed = world_.Connect(kBob, 0);
  Device& last = world_.Connect(kBob, 1);
  world_.Settle();
  closed.Disconnect();
  Pass(milliseconds(1000));
  EXPECT_EQ(Heard(), true);

  LogOut(last);

  EXPECT_EQ(Heard(), false);
}

TEST_F(HubPresenceTest, TwoConnectionsThatBreakTogetherOnTwoShardsHaveTheirGrace) {
  WatchBob();
  Device& one = world_.Connect(kBob, 0);
  Device& other = world_.Connect(kBob, 1);
  world_.Settle();
  Heard();
  one.Disconnect();
  other.Disconnect();
  Pass(milliseconds(9900));
  EXPECT_EQ(Heard(), std::nullopt);

  Pass(milliseconds(200));

  EXPECT_EQ(Heard(), false);
}

TEST_F(HubPresenceTest, StrangersAreNeitherShownNorWatched) {
  world_.store().ForbidPresence(kAlice, kBob);
  WatchBob();
  EXPECT_EQ(Heard(), std::nullopt);

  world_.Connect(kBob, 1);
  world_.Settle();

  EXPECT_EQ(Heard(), std::nullopt);
}

TEST_F(HubPresenceTest, AWatchEndsWhenItIsNoLongerAllowed) {
  WatchBob();
  Heard();
  world_.store().ForbidPresence(kAlice, kBob);
  auto batch = std::make_shared<CommitBatch>();
  batch->user_changes.push_back(
      {kAlice, Change(1),
       ContactChanged{
           ContactEvent::kRemoved,
           User{.user_id = kBob, .username = "bob", .display_name = "bob", .created_at = {}}}});
  world_.bus().Publish(std::shared_ptr<const CommitBatch>(batch));
  world_.Settle();

  world_.Connect(kBob, 1);
  world_.Settle();

  EXPECT_EQ(Heard(), std::nullopt);
}

TEST_F(HubPresenceTest, ABlockEndsTheWatchesOfEitherSide) {
  WatchBob();
  Heard();
  world_.store().ForbidPresence(kAlice, kBob);
  auto batch = std::make_shared<CommitBatch>();
  batch->user_changes.push_back({kBob, Change(1), BlockChanged{BlockEvent::kBlocked, kAlice}});
  world_.bus().Publish(std::shared_ptr<const CommitBatch>(batch));
  world_.Settle();

  world_.Connect(kBob, 1);
  world_.Settle();

  EXPECT_EQ(Heard(), std::nullopt);
}

TEST_F(HubPresenceTest, TheLastWatchWins) {
  alice_.Give(WatchFrame({kBob}));
  alice_.Give(WatchFrame({}));
  world_.Settle();
  Heard();

  world_.Connect(kBob, 1);
  world_.Settle();

  EXPECT_EQ(Heard(), std::nullopt);
}

// The change waits in the outbox while Bob is unwatched and watched again; the newer snapshot must
// win.
TEST_F(HubPresenceTest, ASnapshotOverrulesAnOlderChangeThatStillWaits) {
  WatchBob();
  Heard();
  Device& bob = world_.Connect(kBob, 1);
  world_.Settle();
  alice_.Give(WatchFrame({}));
  world_.Settle();
  LogOut(bob);

  WatchBob();

  EXPECT_EQ(Heard(), false);
}

// Two places that are left at once each hear of the other as the last one, so neither may leave it
// to the other; the store keeps the latest.
TEST_F(HubPresenceTest, LastSeenIsWrittenByEveryShardThatIsLeft) {
  Device& phone = world_.Connect(kBob, 0);
  Device& laptop = world_.Connect(kBob, 1);
  world_.Settle();
  phone.Disconnect();
  laptop.Disconnect();
  EXPECT_TRUE(world_.store().recorded().empty());

  Pass(milliseconds(10100));

  ASSERT_EQ(world_.store().recorded().size(), 2u);
  for (const LastSeen& seen : world_.store().recorded()) EXPECT_EQ(seen.user_id, kBob);
}

TEST_F(HubPresenceTest, WatchingMoreThanTheLimitIsRefused) {
  std::vector<UserId> users;
  for (std::int64_t i = 0; i <= static_cast<std::int64_t>(kWatchUsersMax); ++i)
    users.emplace_back(i + 1);

  alice_.Give(WatchFrame(users));

  const auto frames = alice_.Take();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].error().code(), "invalid_argument");
}

}  // namespace
}  // namespace chat
