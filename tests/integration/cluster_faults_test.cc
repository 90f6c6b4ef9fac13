// What faults of one part of a cluster at a time must not do: people at two nodes talk all the
// while, and in the end everything that was acked stands once, in one order, and was seen on every
// device.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "tests/harness/cluster_world.h"
#include "tests/harness/deadline.h"
#include "tests/integration/cluster_talk.h"

namespace chat::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The times of the documents are for a machine that does nothing else; this one may build and test
// beside. Twice as long is still a promise.
constexpr milliseconds Within(seconds documented) { return 2 * documented; }

class ClusterFaultsTest : public ::testing::Test {
 protected:
  explicit ClusterFaultsTest(ClusterOptions options = {}) : world_(std::move(options)) {}

  void SetUp() override {
    talk_.Talk(seconds(1));
    ASSERT_GT(talk_.acks(), 0u);
  }

  ClusterWorld world_;
  ClusterTalk talk_{world_};
};

class LostAnswersTest : public ClusterFaultsTest {
 protected:
  LostAnswersTest() : ClusterFaultsTest({.postgres_route = PostgresRoute::kThroughProxy}) {}
};

TEST_F(ClusterFaultsTest, KillingEitherNodeLosesNothing) {
  for (const int victim : {0, 1, 0, 1}) {
    SCOPED_TRACE("victim " + std::to_string(victim));
    talk_.ComeBackTo({1 - victim});

    world_.node(victim).Kill();

    talk_.ExpectAcksWithin(Within(seconds(5)));
    world_.node(victim).Restart();
    world_.AwaitReady(victim);
    talk_.ComeBackTo({0, 1});
    talk_.Talk(seconds(1));
  }
  talk_.Judge();
}

TEST_F(ClusterFaultsTest, ANodeThatFreezesForTwentySecondsGoesOn) {
  world_.node(1).Freeze();
  talk_.ComeBackTo({0});
  talk_.Talk(seconds(20));

  world_.node(1).Thaw();

  talk_.ExpectAcksWithin(Within(seconds(5)));
  talk_.Judge();
}

// While Redis stands still no hint leaves a node, so what the dying one acked last is known to the
// log only.
TEST_F(ClusterFaultsTest, ANodeThatDiesBetweenCommitAndHintHidesNothing) {
  world_.redis().Freeze();
  talk_.ExpectAcksWithin(Within(seconds(1)));

  world_.node(0).Kill();

  talk_.ComeBackTo({1});
  talk_.ExpectAcksWithin(Within(seconds(5)));
  talk_.Judge();
}

TEST_F(LostAnswersTest, OfCommitsLoseAndDoubleNothing) {
  for (int lost = 1; lost <= 10; ++lost) {
    world_.postgres_proxy().LoseAnswerTo(lost % 2 == 0 ? "text alice-" : "text bob-");
    ASSERT_TRUE(
        talk_.TalkUntil([&] { return world_.postgres_proxy().lost_count() == lost; }, Deadline()));
    talk_.ExpectAcksWithin(Within(seconds(2)));
  }
  talk_.Judge();
}

TEST_F(ClusterFaultsTest, PostgresqlThatCrashesAndRestartsUnderLoadLosesNothing) {
  for (int round = 0; round < 3; ++round) {
    world_.postgres().Kill();
    talk_.Talk(seconds(1));

    world_.postgres().Restart();

    talk_.ExpectAcksWithin(Within(seconds(2)));
    talk_.Talk(seconds(1));
  }
  talk_.Judge();
}

TEST_F(ClusterFaultsTest, PostgresqlThatFreezesRefusesInTimeAndGoesOn) {
  world_.postgres().Freeze();
  const auto refused_at_all = [&] {
    std::size_t refusals = 0;
    for (const Chatter& chatter : talk_.chatters()) refusals += chatter.refusals();
    return refusals >= talk_.chatters().size();
  };
  EXPECT_TRUE(talk_.TalkUntil(refused_at_all, Deadline(Within(seconds(3)))));
  talk_.Talk(seconds(5));

  world_.postgres().Thaw();

  talk_.ExpectAcksWithin(Within(seconds(2)));
  talk_.Judge();
}

TEST_F(ClusterFaultsTest, BackendsThatAreTerminatedAtRandomLoseNothing) {
  for (int round = 0; round < 30; ++round) {
    world_.postgres().Execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND random() < 0.5");
    talk_.Talk(milliseconds(200));
  }

  talk_.ExpectAcksWithin(Within(seconds(2)));
  talk_.Judge();
}

TEST_F(ClusterFaultsTest, RedisThatIsKilledOnlyDelays) {
  world_.redis().Kill();
  talk_.ExpectAcksWithin(Within(seconds(3)));
  talk_.Talk(seconds(3));

  world_.redis().Restart();

  talk_.Talk(seconds(3));
  talk_.Judge();
}

TEST_F(ClusterFaultsTest, RedisThatIsFlushedEverySecondChangesNothing) {
  for (int i = 0; i < 5; ++i) {
    world_.redis().FlushAll();
    talk_.Talk(seconds(1));
  }

  talk_.ExpectAcksWithin(Within(seconds(1)));
  talk_.Judge();
}

TEST_F(ClusterFaultsTest, RedisThatBecomesAReplicaOnlyDelays) {
  world_.redis().Command({"REPLICAOF", "127.0.0.1", "1"});
  talk_.Talk(seconds(6));
  talk_.ExpectAcksWithin(Within(seconds(3)));

  world_.redis().Command({"REPLICAOF", "NO", "ONE"});

  talk_.Talk(seconds(2));
  talk_.Judge();
}

TEST_F(ClusterFaultsTest, RedisThatIsAwayForAMinuteOnlyDelays) {
  world_.redis().Freeze();
  talk_.Talk(seconds(60));
  talk_.ExpectAcksWithin(Within(seconds(3)));

  world_.redis().Thaw();

  talk_.Talk(seconds(2));
  talk_.Judge();
}

}  // namespace
}  // namespace chat::testing
