#include "server/cluster/cluster_node.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

#include "server/cluster/test_ports.h"

namespace chat::cluster {
namespace {

using namespace std::chrono_literals;

constexpr Epoch kOwn{10};
constexpr Epoch kOther{7};
constexpr UserId kAnna{1};

class ClusterNodeTest : public ::testing::Test {
 protected:
  ClusterNodeTest() { nodes_.leases = {kOwn, {{kOther, "other", 1}}}; }

  void Pass(std::chrono::milliseconds time) {
    for (auto passed = 0ms; passed < time; passed += 50ms) {
      now_.steady += 50ms;
      now_.wall += 50ms;
      node_.Advance(now_);
      nodes_.AnswerRenew();
      while (log_.AnswerHeads() || log_.AnswerRead()) {
      }
      node_.Advance(now_);
    }
  }

  void Commit(const LogPosition& position) {
    log_.Commit(position);
    node_.Handle(EmptyBatch(position));
  }

  static ClusterOptions Options() {
    ClusterOptions options;
    options.follower.origin = kOwn;
    return options;
  }

  ShardsBus shards_;
  SaidMessages said_;
  HandLog log_;
  HandNodes nodes_;
  CountingTrack track_;
  Moment now_{Instant(1h), UnixTime(std::chrono::days(20'000))};
  ClusterNode node_{Options(), {shards_, said_, log_, nodes_, track_}};
};

TEST_F(ClusterNodeTest, IsReadyOnceItHasItsLeaseAndHasCaughtUp) {
  EXPECT_FALSE(node_.state().ready());
  Pass(100ms);
  EXPECT_TRUE(node_.state().lease_fresh);
  EXPECT_FALSE(node_.state().ready()) << "it has not read the log";
  node_.Joined();
  Pass(100ms);
  EXPECT_TRUE(node_.state().ready());
  EXPECT_TRUE(node_.state().joined);
  EXPECT_EQ(node_.state().own, kOwn);
  EXPECT_EQ(node_.state().others, 1u);
}

TEST_F(ClusterNodeTest, IsReadyWithoutTheBroadcast) {
  node_.Lost();
  Pass(300ms);
  EXPECT_FALSE(node_.state().joined);
  EXPECT_TRUE(node_.state().ready());
}

TEST_F(ClusterNodeTest, IsNotReadyOnceItsLeaseMayHaveLapsed) {
  node_.Joined();
  Pass(1s);
  nodes_.available = false;
  Pass(4'500ms);
  EXPECT_FALSE(node_.state().lease_fresh);
  EXPECT_TRUE(node_.state().caught_up);
  EXPECT_FALSE(node_.state().ready());
  EXPECT_GT(*node_.state().since_renewal, 3s);
  nodes_.available = true;
  Pass(1'100ms);
  EXPECT_TRUE(node_.state().ready());
}

TEST_F(ClusterNodeTest, IsNotReadyWhileTheLogDoesNotAnswer) {
  node_.Joined();
  Pass(1s);
  log_.available = false;
  Pass(7s);
  EXPECT_TRUE(node_.state().lease_fresh);
  EXPECT_FALSE(node_.state().ready());
  log_.available = true;
  Pass(1s);
  EXPECT_TRUE(node_.state().ready());
}

TEST_F(ClusterNodeTest, ItsOwnCommitsAreSaidAndThoseOfOthersHandedOn) {
  node_.Joined();
  Pass(100ms);
  said_.said.clear();
  Commit({kOwn, 0, 1});
  const std::vector<std::string> said = said_.said;
  ASSERT_EQ(said_.Take<Hint>().size(), 1u);
  node_.Heard(said[0]);  // the broadcast brings it back
  EXPECT_TRUE(shards_.TakeBatches().empty());
  node_.Heard(EncodeHint(*EmptyBatch({kOther, 0, 1})));
  EXPECT_EQ(shards_.TakeBatches().size(), 1u);
  EXPECT_EQ(node_.counts().hints_said, 1u);
  EXPECT_EQ(node_.counts().follower.hints_heard, 2u);
}

TEST_F(ClusterNodeTest, BatchesThatStandInNoLogAreNotSaid) {
  node_.Joined();
  said_.said.clear();
  auto number_only = std::make_shared<CommitBatch>();
  number_only->number = 5;
  node_.Handle(std::shared_ptr<const CommitBatch>(number_only));
  EXPECT_TRUE(said_.said.empty());
}

TEST_F(ClusterNodeTest, RubbishIsCountedAndIgnored) {
  node_.Heard("rubbish");
  node_.Heard("");
  EXPECT_EQ(node_.counts().messages_refused, 2u);
}

TEST_F(ClusterNodeTest, PresenceOfADeadNodeEndsAndItsUsersAreWrittenDown) {
  node_.Joined();
  Pass(100ms);
  node_.Heard(Encode(PresenceChunk{kOther, 1, 1, 0, 1, {{kAnna, 0}}}));
  EXPECT_EQ(shards_.TakeTransitions().size(), 1u);
  EXPECT_TRUE(node_.state().presence_whole);
  Pass(13s);
  ASSERT_EQ(nodes_.end_calls.size(), 1u);
  EXPECT_EQ(nodes_.end_calls[0].online, std::vector<UserId>{kAnna});
  nodes_.end_calls[0].done(true);
  const auto steps = shards_.TakeTransitions();
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_FALSE(steps[0].online);
  EXPECT_EQ(steps[0].node, kOther);
}

TEST_F(ClusterNodeTest, ANewOwnEpochSpeaksForAllWhoAreOnlineHere) {
  node_.Joined();
  std::vector<PresenceTransition> came{{.shard = 0, .user_id = kAnna, .online = true, .at = {}}};
  node_.Handle(std::make_shared<const std::vector<PresenceTransition>>(came));
  Pass(2s);
  said_.said.clear();
  nodes_.leases.own = Epoch(12);
  Pass(1'100ms);
  const auto chunks = said_.Take<PresenceChunk>();
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(chunks[0].node, Epoch(12));
  EXPECT_EQ(chunks[0].places.size(), 1u);
}

std::shared_ptr<const Signals> SomeoneTypes() {
  auto signals = std::make_shared<Signals>();
  signals->typing.push_back({.conversation_id = ConversationId(3),
                             .user_id = kAnna,
                             .active = true,
                             .listeners = {UserId(2)}});
  return signals;
}

TEST_F(ClusterNodeTest, TellsTheOthersWhatItsShardsSayInPassing) {
  Pass(100ms);
  node_.Joined();
  said_.said.clear();

  node_.Handle(SomeoneTypes());

  const auto said = said_.Take<NodeSignals>();
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].node, kOwn);
  EXPECT_EQ(said[0].signals->typing.size(), 1u);
}

TEST_F(ClusterNodeTest, HandsOnWhatOthersSayInPassingAndNotItsOwn) {
  Pass(100ms);
  node_.Joined();

  node_.Heard(Encode(NodeSignals{kOwn, SomeoneTypes()}));
  EXPECT_TRUE(shards_.signals.empty());

  node_.Heard(Encode(NodeSignals{kOther, SomeoneTypes()}));
  ASSERT_EQ(shards_.signals.size(), 1u);
  EXPECT_EQ(shards_.signals[0]->typing[0].user_id, kAnna);
}

}  // namespace
}  // namespace chat::cluster
