// `sync` through a whole hub while others keep sending.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "server/core/hub.h"
#include "tests/harness/hub_world.h"

namespace chat {
namespace {

using testing::Device;
using testing::HubWorld;
using testing::SendFrame;
using testing::SyncFrame;

constexpr UserId kAlice(1001);
constexpr UserId kBob(1002);

class HubSyncTest : public ::testing::Test {
 protected:
  HubSyncTest() {
    world_.Settle();
    alice_.Take();
    bob_.Take();
  }

  void Send(int count) {
    for (int i = 0; i < count; ++i) {
      alice_.Give(SendFrame(room_, "m" + std::to_string(++sent_), "x"));
      world_.Settle();
      alice_.Take();
    }
  }

  HubWorld world_;
  ConversationId room_ = world_.store().AddConversation({kAlice, kBob});
  Device& alice_ = world_.Connect(kAlice);
  Device& bob_ = world_.Connect(kBob);
  int sent_ = 0;
};

TEST_F(HubSyncTest, SendsThePageThenSyncDoneThenLiveEntries) {
  Send(3);
  bob_.Take();

  bob_.Give(SyncFrame({{room_, Seq(1), Change()}}));
  world_.Settle();
  Send(1);

  const auto frames = bob_.TakeAnswers();
  ASSERT_EQ(frames.size(), 4u);
  EXPECT_EQ(frames[0].message().seq(), 2);
  EXPECT_EQ(frames[1].message().seq(), 3);
  EXPECT_EQ(frames[2].ref(), 8u);
  ASSERT_EQ(frames[2].sync_done().conversations_size(), 1);
  EXPECT_EQ(frames[2].sync_done().conversations(0).next_after_seq(), 3);
  EXPECT_FALSE(frames[2].sync_done().conversations(0).more());
  EXPECT_EQ(frames[3].message().seq(), 4);
}

// Whatever is committed between any two steps of a sync, the reader sees each entry once and in
// order.
TEST_F(HubSyncTest, NothingIsLostOrRepeatedWhereverACommitFallsIntoASync) {
  Send(5);
  bob_.Take();
  for (int steps_before_commit = 0; steps_before_commit < 12; ++steps_before_commit) {
    const int before = sent_;
    bob_.Give(SyncFrame({{room_, Seq(0), Change()}}));
    for (int step = 0; step < steps_before_commit; ++step) world_.executor().RunOne();
    alice_.Give(SendFrame(room_, "m" + std::to_string(++sent_), "x"));
    world_.Settle();
    Send(1);

    std::int64_t last = 0;
    for (const v1::ServerFrame& frame : bob_.TakeAnswers()) {
      if (!frame.has_message()) continue;
      EXPECT_EQ(frame.message().seq(), last + 1) << "after " << steps_before_commit << " steps";
      last = frame.message().seq();
    }
    EXPECT_EQ(last, before + 2);
  }
}

TEST_F(HubSyncTest, PagesOf200WithMoreUntilTheHeadIsReached) {
  Send(450);
  bob_.Take();
  std::int64_t after = 0;
  std::vector<int> page_sizes;
  bool more = true;
  while (more) {
    bob_.Give(SyncFrame({{room_, Seq(after), Change()}}));
    world_.Settle();
    const auto frames = bob_.TakeAnswers();
    ASSERT_TRUE(frames.back().has_sync_done());
    page_sizes.push_back(static_cast<int>(frames.size()) - 1);
    after = frames.back().sync_done().conversations(0).next_after_seq();
    more = frames.back().sync_done().conversations(0).more();
  }

  EXPECT_EQ(page_sizes, (std::vector<int>{200, 200, 50}));
  EXPECT_EQ(after, 450);
}

TEST_F(HubSyncTest, ReadsOnlyAsFastAsTheClientTakesIt) {
  std::vector<SyncCursor> cursors;
  for (int i = 0; i < 50; ++i) {
    const ConversationId room = world_.store().AddConversation({kAlice, kBob});
    for (int j = 0; j < 10; ++j) {
      world_.store().AppendSilently(room, kAlice, std::string(4000, 'x'));
    }
    cursors.push_back({room, Seq(0), Change()});
  }

  bob_.Give(SyncFrame(cursors));
  world_.Settle();

  EXPECT_LT(bob_.connection().outbox().bytes(), 3 * SyncDriver::kOutboxLowMark);
  std::vector<v1::ServerFrame> frames;
  while (frames.empty() || !frames.back().has_sync_done()) {
    const auto taken = bob_.Take();
    ASSERT_FALSE(taken.empty());
    frames.insert(frames.end(), taken.begin(), taken.end());
    world_.Settle();
  }
  EXPECT_EQ(frames.size(), 501u);
}

TEST_F(HubSyncTest, AnUnavailableStoreIsSaidAndTheNextSyncWorks) {
  Send(2);
  bob_.Take();
  world_.store().SetState(testing::MemoryStore::State::kDown);
  bob_.Give(SyncFrame({{room_, Seq(0), Change()}}));
  world_.Settle();
  auto frames = bob_.TakeAnswers();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].error().code(), "unavailable");
  EXPECT_EQ(frames[0].ref(), 8u);

  world_.store().SetState(testing::MemoryStore::State::kUp);
  bob_.Give(SyncFrame({{room_, Seq(0), Change()}}));
  world_.Settle();

  frames = bob_.TakeAnswers();
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_TRUE(frames[2].has_sync_done());
}

// A commit that this hub has not heard of keeps the guard up; syncing again and again must not add
// to it.
TEST_F(HubSyncTest, AGuardIsKeptOnceHoweverOftenTheConnectionSyncs) {
  world_.store().AppendSilently(room_, kAlice, "not heard of here");
  for (int i = 0; i < 5; ++i) {
    bob_.Give(SyncFrame({{room_, Seq(0), Change()}}));
    world_.Settle();
    bob_.Take();
  }
  EXPECT_EQ(world_.hub().guarded_syncs(), 1u);

  Send(1);
  world_.Pass(std::chrono::milliseconds(100));

  EXPECT_EQ(world_.hub().guarded_syncs(), 0u);
}

TEST_F(HubSyncTest, AnEmptySyncIsDoneAtOnce) {
  bob_.Give(SyncFrame({}));

  const auto frames = bob_.TakeAnswers();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].sync_done().conversations_size(), 0);
}

TEST_F(HubSyncTest, TheOwnersOwnSendsDuringASyncAreStillAcked) {
  Send(2);
  bob_.Take();
  bob_.Give(SyncFrame({{room_, Seq(0), Change()}}));
  bob_.Give(SendFrame(room_, "mine", "x"));
  world_.Settle();

  int acks = 0;
  for (const v1::ServerFrame& frame : bob_.TakeAnswers()) acks += frame.has_ack() ? 1 : 0;
  EXPECT_EQ(acks, 1);
}

}  // namespace
}  // namespace chat
