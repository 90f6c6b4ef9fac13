#include "server/cluster/node_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "server/cluster/test_ports.h"

namespace chat::cluster {
namespace {

using namespace std::chrono_literals;

constexpr Epoch kOwn{10};
constexpr Epoch kA{3};
constexpr Epoch kB{4};

class SeenNodes final : public NodeSink {
 public:
  void OwnEpoch(Epoch own) override { owns.push_back(own); }
  void NodeCame(Epoch node) override { came.push_back(node); }
  void NodeGone(Epoch node, UnixTime last_seen) override { gone.emplace_back(node, last_seen); }
  std::vector<UserId> OnlineOnlyOn(Epoch node) override { return {UserId(node.number() * 100)}; }

  std::vector<Epoch> owns;
  std::vector<Epoch> came;
  std::vector<std::pair<Epoch, UnixTime>> gone;
};

class NodeWatchTest : public ::testing::Test {
 protected:
  NodeWatchTest() { nodes_.leases = {kOwn, {{kA, "a", 1}, {kB, "b", 1}}}; }

  // Moves time on in steps of 50 ms; the nodes in `alive` renew meanwhile.
  void Pass(std::chrono::milliseconds time, const std::vector<Epoch>& alive) {
    for (auto passed = 0ms; passed < time; passed += 50ms) {
      now_.steady += 50ms;
      now_.wall += 50ms;
      for (NodeLease& lease : nodes_.leases.others) {
        if (std::ranges::find(alive, lease.epoch) != alive.end()) ++lease.renewals;
      }
      watch_.Advance(now_);
      nodes_.AnswerRenew();
    }
  }

  // Nothing of this node runs.
  void Freeze(std::chrono::milliseconds time) {
    now_.steady += time;
    now_.wall += time;
  }

  void AnswerEnd(Result<bool, ReadError> ended) {
    ASSERT_FALSE(nodes_.end_calls.empty());
    auto done = std::move(nodes_.end_calls.front().done);
    nodes_.end_calls.pop_front();
    done(ended);
  }

  void Unlist(Epoch node) {
    std::erase_if(nodes_.leases.others, [&](const auto& lease) { return lease.epoch == node; });
  }

  HandNodes nodes_;
  SeenNodes seen_;
  Moment now_{Instant(1h), UnixTime(std::chrono::days(20'000))};
  NodeWatch watch_{{}, nodes_, seen_};
};

TEST_F(NodeWatchTest, RenewsAboutOnceASecondAndOneCallAtATime) {
  Pass(10s, {kA, kB});
  EXPECT_GE(watch_.counts().renewals, 9u);
  EXPECT_LE(watch_.counts().renewals, 11u);
  now_.steady += 1s;
  watch_.Advance(now_);
  now_.steady += 1s;
  watch_.Advance(now_);
  EXPECT_EQ(nodes_.renew_calls.size(), 1u);
}

TEST_F(NodeWatchTest, EveryNodeComesOnceAndTheOwnEpochIsSaidOnce) {
  Pass(5s, {kA, kB});
  EXPECT_EQ(seen_.owns, std::vector<Epoch>{kOwn});
  EXPECT_EQ(seen_.came, (std::vector<Epoch>{kA, kB}));
  EXPECT_TRUE(seen_.gone.empty());
  EXPECT_EQ(watch_.others_count(), 2u);
}

TEST_F(NodeWatchTest, ALeaseThatIsNoLongerListedIsGone) {
  Pass(2s, {kA, kB});
  Unlist(kA);
  Pass(2s, {kB});
  ASSERT_EQ(seen_.gone.size(), 1u);
  EXPECT_EQ(seen_.gone[0].first, kA);
}

TEST_F(NodeWatchTest, ALeaseThatStandsStillForTenSecondsIsEnded) {
  Pass(2s, {kA, kB});
  const UnixTime died = now_.wall;
  Pass(9s, {kB});
  EXPECT_TRUE(nodes_.end_calls.empty());
  Pass(3s, {kB});
  ASSERT_EQ(nodes_.end_calls.size(), 1u);
  EXPECT_EQ(nodes_.end_calls[0].seen.epoch, kA);
  EXPECT_EQ(nodes_.end_calls[0].seen.renewals, nodes_.leases.others[0].renewals);
  EXPECT_EQ(nodes_.end_calls[0].online, std::vector<UserId>{UserId(300)});
  EXPECT_TRUE(seen_.gone.empty()) << "not before it is sure";

  AnswerEnd(true);

  ASSERT_EQ(seen_.gone.size(), 1u);
  EXPECT_LE(seen_.gone[0].second, died + 1s);
  EXPECT_GE(seen_.gone[0].second, died - 1s);
  Pass(20s, {kB});  // still listed by a slow read
  EXPECT_EQ(seen_.gone.size(), 1u);
  EXPECT_TRUE(nodes_.end_calls.empty());
  Unlist(kA);
  Pass(2s, {kB});
  EXPECT_EQ(seen_.gone.size(), 1u);
  EXPECT_EQ(watch_.counts().nodes_ended, 1u);
}

TEST_F(NodeWatchTest, WhoLosesTheRaceLearnsItFromTheList) {
  Pass(2s, {kB});
  Pass(12s, {kB});
  AnswerEnd(false);
  EXPECT_TRUE(seen_.gone.empty());
  Pass(2s, {kB});
  EXPECT_TRUE(nodes_.end_calls.empty()) << "it is watched anew";
  Unlist(kA);
  Pass(2s, {kB});
  EXPECT_EQ(seen_.gone.size(), 1u);
  EXPECT_EQ(watch_.counts().nodes_ended, 0u);
}

TEST_F(NodeWatchTest, AnEndThatTheStoreDidNotAnswerIsTriedAgain) {
  Pass(13s, {kB});
  AnswerEnd(std::unexpected(ReadError::kUnavailable));
  Pass(1'100ms, {kB});
  EXPECT_EQ(nodes_.end_calls.size(), 1u);
}

TEST_F(NodeWatchTest, DeadNodesAreEndedOneAfterTheOther) {
  Pass(15s, {});
  ASSERT_EQ(nodes_.end_calls.size(), 1u);
  AnswerEnd(true);
  ASSERT_EQ(nodes_.end_calls.size(), 1u);
  EXPECT_EQ(nodes_.end_calls[0].seen.epoch, kB);
  EXPECT_EQ(seen_.gone.size(), 1u);
}

TEST_F(NodeWatchTest, ANodeThatWasFrozenAccusesNobody) {
  Pass(5s, {kA, kB});
  Freeze(60s);
  Pass(9s, {});
  EXPECT_TRUE(nodes_.end_calls.empty());
  Pass(3s, {});
  EXPECT_FALSE(nodes_.end_calls.empty());
}

TEST_F(NodeWatchTest, ATurnThatCameLateStartsTheWatchOver) {
  Pass(9s, {});
  Freeze(2'100ms);
  Pass(9s, {});
  EXPECT_TRUE(nodes_.end_calls.empty());
}

TEST_F(NodeWatchTest, ARenewalThatFailedStartsTheWatchOver) {
  Pass(8s, {});
  nodes_.available = false;
  Pass(1s, {});
  nodes_.available = true;
  Pass(9s, {});
  EXPECT_TRUE(nodes_.end_calls.empty());
  EXPECT_GE(watch_.counts().renewals_failed, 1u);
  Pass(4s, {});
  EXPECT_FALSE(nodes_.end_calls.empty());
}

TEST_F(NodeWatchTest, AnAnswerThatTookLongStartsTheWatchOver) {
  Pass(8s, {});
  for (int turn = 0; turn < 60; ++turn) {  // turns go on, the answer does not come
    now_.steady += 50ms;
    watch_.Advance(now_);
  }
  Pass(9s, {});
  EXPECT_TRUE(nodes_.end_calls.empty());
}

TEST_F(NodeWatchTest, ANewOwnEpochIsReported) {
  Pass(2s, {kA, kB});
  nodes_.leases.own = Epoch(12);
  Pass(2s, {kA, kB});
  EXPECT_EQ(seen_.owns, (std::vector<Epoch>{kOwn, Epoch(12)}));
}

TEST_F(NodeWatchTest, TheTimeOfTheLastRenewalIsWhenItBegan) {
  EXPECT_FALSE(watch_.renewed_at());
  watch_.Advance(now_);
  const Instant began = now_.steady;
  now_.steady += 1s;
  watch_.Advance(now_);
  nodes_.AnswerRenew();
  EXPECT_EQ(watch_.renewed_at(), began);
}

}  // namespace
}  // namespace chat::cluster
