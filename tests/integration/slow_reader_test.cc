// One who stops reading harms nobody: the server's memory stays within its cap, a gap says what was
// left out, and a sync brings it. One who never reads again is closed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/envelope.h"
#include "protocol/limits.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/chat_world.h"
#include "tests/harness/deadline.h"
#include "tests/harness/person.h"

namespace chat::testing {
namespace {

constexpr std::size_t kTextBytes = 64 * kKibibyte;
constexpr int kInFlight = 8;

// What is queued for one reader may take 4 MiB; the rest is for the frames that are being received,
// stored and sent to those who do read, and for what the allocator keeps.
constexpr std::size_t kMemoryGrowthMax = 48 * kMebibyte;

class SlowReaderTest : public ::testing::TestWithParam<int> {
 protected:
  SlowReaderTest() : world_({.encoding = Encoding::kProtobuf, .shards = GetParam()}) {
    alice_.Befriends(bob_);
    alice_.OpensChatWith(bob_);
    alice_.ReceivesConversation("gained");
    bob_.ReceivesConversation("gained");
  }

  // Alice sends `count` long texts, a few in flight at once; notes how much memory the server has.
  void Flood(int count) {
    for (int i = 0; i < count; i += kInFlight) {
      for (int j = 0; j < kInFlight; ++j) alice_.BeginsToSend(text_);
      for (int j = 0; j < kInFlight; ++j) alice_.Next(v1::ServerFrame::kAck);
      sent_ += kInFlight;
      resident_bytes_max_ = std::max(resident_bytes_max_, world_.server().resident_bytes());
    }
  }

  // Floods until the socket's buffers are full and the server begins to leave out bodies.
  void FloodUntilShed() {
    const Deadline deadline;
    while (world_.server().Metrics().Total("chat_gaps_total") == 0) {
      ASSERT_FALSE(deadline.passed()) << "nothing was left out of " << sent_ << " long texts";
      Flood(2 * kInFlight);
    }
  }

  // Everything after `seq`, by as many syncs as it takes; the last one seen.
  std::int64_t PullAll(std::int64_t seq) {
    while (true) {
      const v1::SyncPosition position = bob_.Syncs(seq).done.conversations(0);
      if (!position.more()) return position.next_after_seq();
      if (position.next_after_seq() <= seq) throw Surprise("a sync brings nothing but has more");
      seq = position.next_after_seq();
    }
  }

  ChatWorld world_;
  Person alice_ = world_.Joins("alice");
  Person bob_ = world_.Joins("bob");
  std::string text_ = std::string(kTextBytes, 'x');
  int sent_ = 0;
  std::size_t resident_bytes_max_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Shards, SlowReaderTest, ::testing::Values(1, 2));

TEST_P(SlowReaderTest, GetsAGapAndCompletesItsHistoryBySync) {
  FloodUntilShed();

  std::int64_t seen = 0;
  v1::ServerFrame frame;
  while (!frame.has_gap()) {
    frame = *bob_.client().Receive();
    if (!frame.has_message()) continue;
    EXPECT_EQ(frame.message().seq(), seen + 1);
    seen = frame.message().seq();
  }
  EXPECT_GT(frame.gap().head_seq(), seen);

  EXPECT_EQ(PullAll(seen), sent_);
  alice_.Sends("the end");
  EXPECT_EQ(bob_.Receives("the end").seq(), sent_ + 1);
}

TEST_P(SlowReaderTest, CostsBoundedMemoryHoweverMuchIsSent) {
  // Two rounds of an ordinary day, so that what the server keeps anyway is there.
  Flood(16 * kInFlight);
  PullAll(0);
  const std::size_t before = world_.server().resident_bytes();
  FloodUntilShed();
  resident_bytes_max_ = 0;

  constexpr int kFloodBytes = 96 * kMebibyte;
  Flood(kFloodBytes / kTextBytes);

  RecordProperty("resident_bytes_before", static_cast<int>(before));
  RecordProperty("resident_bytes_max", static_cast<int>(resident_bytes_max_));
  EXPECT_LT(resident_bytes_max_, before + kMemoryGrowthMax);
}

TEST_P(SlowReaderTest, IsClosedWhenItNeverReadsAgain) {
  FloodUntilShed();

  const Deadline deadline;
  while (world_.server().Metrics().Total("chat_connections") > 1) {
    ASSERT_FALSE(deadline.passed()) << "the stuck reader is still connected";
  }

  bob_.IsClosedWith(websocket::CloseCode::kSlowConsumer);
  EXPECT_GT(alice_.Sends("still here").seq, sent_);
}

TEST_P(SlowReaderTest, DelaysNobodyElse) {
  Person carol = world_.Joins("carol");
  Person dave = world_.Joins("dave");
  carol.Befriends(dave);
  carol.OpensChatWith(dave);
  carol.ReceivesConversation("gained");
  dave.ReceivesConversation("gained");
  FloodUntilShed();

  for (int i = 0; i < 20; ++i) {
    carol.Sends("hi");
    dave.Receives("hi");
  }
}

}  // namespace
}  // namespace chat::testing
