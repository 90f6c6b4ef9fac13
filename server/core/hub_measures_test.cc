// What a hub counts and times, in virtual time.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <numeric>

#include "server/core/hub.h"
#include "tests/harness/hub_world.h"

namespace chat {
namespace {

using std::chrono::milliseconds;
using testing::Device;
using testing::HubWorld;
using testing::SendFrame;

constexpr UserId kAlice(1001);
constexpr UserId kBob(1002);
// When every world begins.
constexpr UnixTime kBegin{std::chrono::days(20'000)};

std::uint64_t CountOf(const Histogram& histogram) {
  const auto counts = histogram.counts();
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

TEST(HubMeasuresTest, TimesASendUntilItsAckOnTheShardOfTheSender) {
  HubWorld world(2);
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice, 0);
  world.Connect(kBob, 1);
  world.Settle();

  alice.Give(SendFrame(room, "m1", "hello"));
  world.Pass(milliseconds(100));

  EXPECT_EQ(CountOf(world.hub(0).counters().send_ack_seconds), 1u);
  EXPECT_DOUBLE_EQ(world.hub(0).counters().send_ack_seconds.sum(), 0.1);
  EXPECT_EQ(CountOf(world.hub(1).counters().send_ack_seconds), 0u);
}

TEST(HubMeasuresTest, TimesAnEntryFromItsCommitForEachConnectionThatGetsIt) {
  HubWorld world(2);
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  world.Connect(kBob, 1);
  world.Connect(kBob, 1);
  world.Settle();

  auto batch = std::make_shared<CommitBatch>();
  CommittedEntry& committed = batch->entries.emplace_back();
  committed.entry.conversation_id = room;
  committed.entry.seq = Seq(1);
  committed.entry.sender_id = kAlice;
  committed.entry.created_at = kBegin;
  world.bus().Publish(std::shared_ptr<const CommitBatch>(std::move(batch)));
  world.Pass(milliseconds(100));

  EXPECT_EQ(CountOf(world.hub(1).counters().send_visible_seconds), 2u);
  EXPECT_DOUBLE_EQ(world.hub(1).counters().send_visible_seconds.sum(), 0.2);
  EXPECT_EQ(CountOf(world.hub(0).counters().send_visible_seconds), 0u);
}

TEST(HubMeasuresTest, CountsASendThatTheStoreRefusedAndTimesNone) {
  HubWorld world;
  Device& alice = world.Connect(kAlice);
  alice.Give(SendFrame(ConversationId(77), "m1", "to nobody"));
  world.Settle();

  EXPECT_EQ(world.hub().counters().sends_refused, 1u);
  EXPECT_EQ(CountOf(world.hub().counters().send_ack_seconds), 0u);
}

TEST(HubMeasuresTest, TellsTheBytesThatWaitInAllOutboxes) {
  HubWorld world;
  Device& alice = world.Connect(kAlice);
  Device& bob = world.Connect(kBob);
  EXPECT_EQ(world.hub().outbox_totals().bytes,
            alice.connection().outbox().bytes() + bob.connection().outbox().bytes());

  alice.Take();
  EXPECT_EQ(world.hub().outbox_totals().bytes, bob.connection().outbox().bytes());
  bob.Disconnect();
  EXPECT_EQ(world.hub().outbox_totals().bytes, 0u);
}

}  // namespace
}  // namespace chat
