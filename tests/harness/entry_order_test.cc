#include "tests/harness/entry_order.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

namespace chat::testing {
namespace {

constexpr std::int64_t kConversation = 5;

v1::ServerFrame Message(std::int64_t seq) {
  v1::ServerFrame frame;
  frame.mutable_message()->set_conversation_id(kConversation);
  frame.mutable_message()->set_seq(seq);
  return frame;
}

v1::ServerFrame Ack(std::int64_t seq) {
  v1::ServerFrame frame;
  frame.mutable_ack()->set_conversation_id(kConversation);
  frame.mutable_ack()->set_seq(seq);
  return frame;
}

v1::ServerFrame Gap() {
  v1::ServerFrame frame;
  frame.mutable_gap()->set_conversation_id(kConversation);
  return frame;
}

enum class Rest { kNone, kMore };

v1::ServerFrame SyncDone(std::int64_t next_after_seq, Rest rest = Rest::kNone) {
  v1::ServerFrame frame;
  v1::SyncPosition& position = *frame.mutable_sync_done()->add_conversations();
  position.set_conversation_id(kConversation);
  position.set_next_after_seq(next_after_seq);
  position.set_more(rest == Rest::kMore);
  return frame;
}

v1::ClientFrame Sync(std::int64_t after_seq) {
  v1::ClientFrame frame;
  v1::SyncCursor& cursor = *frame.mutable_sync()->add_cursors();
  cursor.set_conversation_id(kConversation);
  cursor.set_after_seq(after_seq);
  return frame;
}

TEST(EntryOrderTest, AcceptsLiveEntriesFromWhereTheyStart) {
  EntryOrder order;

  EXPECT_EQ(order.Received(Message(7)), std::nullopt);
  EXPECT_EQ(order.Received(Message(8)), std::nullopt);
}

TEST(EntryOrderTest, FindsAHole) {
  EntryOrder order;
  order.Received(Message(7));

  EXPECT_NE(order.Received(Message(9)), std::nullopt);
}

TEST(EntryOrderTest, FindsARepetition) {
  EntryOrder order;
  order.Received(Message(7));

  EXPECT_NE(order.Received(Message(7)), std::nullopt);
}

TEST(EntryOrderTest, CountsAnAckAsTheSendersEntry) {
  EntryOrder order;
  order.Received(Message(7));

  EXPECT_EQ(order.Received(Ack(8)), std::nullopt);
  EXPECT_EQ(order.Received(Message(9)), std::nullopt);
}

TEST(EntryOrderTest, AcceptsAnAckOfWhatWasSentBefore) {
  EntryOrder order;
  order.Received(Message(7));

  EXPECT_EQ(order.Received(Ack(3)), std::nullopt);
  EXPECT_EQ(order.Received(Message(8)), std::nullopt);
}

TEST(EntryOrderTest, AcceptsAcksOfEarlierConnectionsAtTheStart) {
  EntryOrder order;

  EXPECT_EQ(order.Received(Ack(3)), std::nullopt);
  EXPECT_EQ(order.Received(Ack(9)), std::nullopt);
  EXPECT_EQ(order.Received(Message(20)), std::nullopt);
}

TEST(EntryOrderTest, WantsTheEntryInItsPlaceAfterAnAckThatCameBefore) {
  EntryOrder order;
  order.Received(Message(7));

  EXPECT_EQ(order.Received(Ack(9)), std::nullopt);
  EXPECT_EQ(order.Received(Message(8)), std::nullopt);
  EXPECT_EQ(order.Received(Message(9)), std::nullopt);
  EXPECT_EQ(order.Received(Message(10)), std::nullopt);
}

TEST(EntryOrderTest, FindsAHoleBehindAnEarlyAck) {
  EntryOrder order;
  order.Received(Message(7));
  order.Received(Ack(9));
  order.Received(Message(8));

  EXPECT_NE(order.Received(Message(10)), std::nullopt);
}

TEST(EntryOrderTest, AcceptsAnOwnEntryOnceMoreThanItsAck) {
  EntryOrder order;
  order.Received(Message(7));
  order.Received(Ack(8));

  EXPECT_EQ(order.Received(Message(8)), std::nullopt);
  EXPECT_NE(order.Received(Message(8)), std::nullopt);
}

TEST(EntryOrderTest, StartsAnewAfterAGap) {
  EntryOrder order;
  order.Received(Message(7));
  order.Received(Gap());

  EXPECT_EQ(order.Received(Message(20)), std::nullopt);
}

TEST(EntryOrderTest, WantsLiveFlowToGoOnWhereTheSyncEnded) {
  EntryOrder order;
  order.Sent(Sync(0));
  order.Received(Message(1));
  order.Received(Message(2));
  order.Received(SyncDone(2));

  EXPECT_NE(order.Received(Message(4)), std::nullopt);
}

TEST(EntryOrderTest, FindsAHoleInAPage) {
  EntryOrder order;
  order.Sent(Sync(0));
  order.Received(Message(1));

  EXPECT_NE(order.Received(Message(3)), std::nullopt);
}

TEST(EntryOrderTest, AcceptsWhatWasStillLiveWhenTheSyncWasSent) {
  EntryOrder order;
  order.Received(Message(7));
  order.Sent(Sync(7));
  order.Received(Message(8));

  EXPECT_EQ(order.Received(Message(8)), std::nullopt);
  EXPECT_EQ(order.Received(Message(9)), std::nullopt);
  EXPECT_EQ(order.Received(SyncDone(9)), std::nullopt);
}

TEST(EntryOrderTest, AwaitsThePageWhenASecondGapCrossesTheSync) {
  EntryOrder order;
  order.Received(Message(7));
  order.Received(Gap());
  order.Sent(Sync(7));
  order.Received(Gap());
  order.Received(Message(90));

  EXPECT_EQ(order.Received(Message(8)), std::nullopt);
  EXPECT_EQ(order.Received(Message(9)), std::nullopt);
  EXPECT_EQ(order.Received(SyncDone(9)), std::nullopt);
  EXPECT_EQ(order.Received(Message(10)), std::nullopt);
}

TEST(EntryOrderTest, FindsAPageThatBeginsAThirdTime) {
  EntryOrder order;
  order.Received(Message(7));
  order.Sent(Sync(7));
  order.Received(Message(8));
  order.Received(Message(8));

  EXPECT_NE(order.Received(Message(8)), std::nullopt);
}

TEST(EntryOrderTest, FindsASyncDoneThatSkips) {
  EntryOrder order;
  order.Sent(Sync(0));
  order.Received(Message(1));

  EXPECT_NE(order.Received(SyncDone(2)), std::nullopt);
}

TEST(EntryOrderTest, WantsNoLiveEntriesWhileThereIsMore) {
  EntryOrder order;
  order.Sent(Sync(0));
  order.Received(Message(1));
  order.Received(SyncDone(1, Rest::kMore));

  EXPECT_NE(order.Received(Message(5)), std::nullopt);
}

TEST(EntryOrderTest, AcceptsOwnEntriesThatWereAckedDuringTheSync) {
  EntryOrder order;
  order.Sent(Sync(0));
  order.Received(Message(1));
  order.Received(Ack(2));
  order.Received(SyncDone(1));

  EXPECT_EQ(order.Received(Message(3)), std::nullopt);
}

}  // namespace
}  // namespace chat::testing
