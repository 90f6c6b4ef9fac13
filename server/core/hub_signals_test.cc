// Receipts and typing through whole hubs in virtual time.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "protocol/rates.h"
#include "server/core/hub.h"
#include "server/core/receipt_desk.h"
#include "tests/harness/hub_world.h"

namespace chat {
namespace {

using namespace std::chrono_literals;
using testing::DeliveredFrame;
using testing::Device;
using testing::HubWorld;
using testing::MemoryStore;
using testing::ReadFrame;
using testing::TypingCommandFrame;

constexpr UserId kAlice(1001);
constexpr UserId kBob(1002);
constexpr UserId kCarol(1003);

// Two people, three entries of Alice's, and two shards.
class HubSignalsTest : public ::testing::Test {
 protected:
  HubSignalsTest() {
    for (const char* text : {"one", "two", "three"}) {
      world_.store().AppendSilently(room_, kAlice, text);
    }
    world_.Settle();
    for (Device* device : {&alice_, &bob_, &bobs_phone_, &carol_}) device->Take();
  }

  HubWorld world_{2};
  ConversationId room_ = world_.store().AddConversation({kAlice, kBob});
  Device& alice_ = world_.Connect(kAlice, 1);
  Device& bob_ = world_.Connect(kBob, 0);
  Device& bobs_phone_ = world_.Connect(kBob, 1, Encoding::kJson);
  Device& carol_ = world_.Connect(kCarol, 0);
};

TEST_F(HubSignalsTest, OthersAndTheOwnOtherDevicesHearOfAReceipt) {
  bob_.Give(ReadFrame(room_, Seq(2)));
  world_.Pass(1s);

  for (Device* device : {&alice_, &bobs_phone_}) {
    const auto frames = device->TakeAnswers();
    ASSERT_EQ(frames.size(), 1u);
    const v1::ReceiptEvent& receipt = frames[0].receipt();
    EXPECT_EQ(receipt.conversation_id(), room_.number());
    EXPECT_EQ(receipt.user_id(), kBob.number());
    EXPECT_EQ(receipt.read_seq(), 2);
    EXPECT_EQ(receipt.delivered_seq(), 2);
  }
  EXPECT_TRUE(bob_.TakeAnswers().empty()) << "who said it knows it";
  EXPECT_TRUE(carol_.TakeAnswers().empty()) << "she is no member";
}

TEST_F(HubSignalsTest, ReceiptsOfOneSecondAreStoredAndToldOnce) {
  bob_.Give(DeliveredFrame(room_, Seq(1)));
  world_.Pass(100ms);
  ASSERT_EQ(world_.store().advances().size(), 1u);
  alice_.Take();

  for (int i = 0; i < 8; ++i) {
    bob_.Give(DeliveredFrame(room_, Seq(3)));
    bob_.Give(ReadFrame(room_, Seq(1 + i % 3)));
    world_.Pass(100ms);
  }
  EXPECT_EQ(world_.store().advances().size(), 1u);
  EXPECT_TRUE(alice_.TakeAnswers().empty());
  world_.Pass(300ms);

  ASSERT_EQ(world_.store().advances().size(), 2u);
  ASSERT_EQ(world_.store().advances()[1].size(), 1u);
  EXPECT_EQ(
      world_.store().advances()[1][0],
      (Mark{
          .conversation_id = room_, .user_id = kBob, .delivered_seq = Seq(3), .read_seq = Seq(3)}));
  const auto frames = alice_.TakeAnswers();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].receipt().read_seq(), 3);
}

TEST_F(HubSignalsTest, HurriedReceiptsAreStoredWithoutWaitingForTheirSecond) {
  bob_.Give(ReadFrame(room_, Seq(1)));
  world_.Pass(100ms);
  bob_.Give(ReadFrame(room_, Seq(2)));
  world_.Pass(100ms);
  ASSERT_EQ(world_.store().advances().size(), 1u);
  EXPECT_FALSE(world_.hub().are_receipts_settled());

  world_.hub().HurryReceipts();
  world_.Pass(100ms);

  EXPECT_EQ(world_.store().advances().size(), 2u);
  EXPECT_TRUE(world_.hub().are_receipts_settled());
}

TEST_F(HubSignalsTest, AReceiptThatMovesNothingIsToldToNobody) {
  bob_.Give(ReadFrame(room_, Seq(3)));
  world_.Pass(1s);
  alice_.Take();

  bob_.Give(ReadFrame(room_, Seq(1)));
  bob_.Give(ReadFrame(room_, Seq(77)));
  carol_.Give(ReadFrame(room_, Seq(1)));
  world_.Pass(2s);

  EXPECT_TRUE(alice_.TakeAnswers().empty());
  EXPECT_TRUE(carol_.TakeAnswers().empty());
}

TEST_F(HubSignalsTest, AReceiptWaitsForAStoreThatIsDown) {
  world_.store().SetState(MemoryStore::State::kDown);
  bob_.Give(ReadFrame(room_, Seq(1)));
  world_.Pass(2s);
  bob_.Give(ReadFrame(room_, Seq(2)));
  world_.Pass(2s);
  EXPECT_LE(world_.store().advances().size(), 5u) << "it is not asked in a circle";
  world_.store().SetState(MemoryStore::State::kUp);
  world_.Pass(2s);

  const auto frames = alice_.TakeAnswers();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].receipt().read_seq(), 2);
}

TEST_F(HubSignalsTest, MoreReceiptsThanOneBatchAreAllStored) {
  constexpr int kRooms = 2 * static_cast<int>(Marks::kMarksMax) + 1;
  std::vector<ConversationId> rooms;
  for (int i = 0; i < kRooms; ++i) {
    rooms.push_back(world_.store().AddConversation({kAlice, kBob}));
    world_.store().AppendSilently(rooms.back(), kAlice, "hello");
  }
  for (const ConversationId room : rooms) bob_.Give(ReadFrame(room, Seq(1)));
  world_.Pass(1s);

  EXPECT_EQ(world_.store().advances().size(), 3u);
  EXPECT_EQ(alice_.TakeAnswers().size(), rooms.size());
}

TEST_F(HubSignalsTest, OneUsersReceiptsLeaveRoomForThoseOfOthers) {
  for (std::size_t i = 0; i <= ReceiptDesk::kPendingMax; ++i) {
    carol_.Give(ReadFrame(ConversationId(static_cast<std::int64_t>(i + 1)), Seq(1)));
  }
  bob_.Give(ReadFrame(room_, Seq(3)));
  world_.Pass(1s);

  EXPECT_EQ(world_.store().advances().size(),
            ReceiptDesk::kPendingOfUserMax / Marks::kMarksMax + 1);
  ASSERT_EQ(alice_.TakeAnswers().size(), 1u);
}

TEST_F(HubSignalsTest, APositionBelowZeroIsRefused) {
  bob_.Give(ReadFrame(room_, Seq(-1)));

  const auto frames = bob_.TakeAnswers();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].error().code(), "invalid_argument");
  world_.Pass(1s);
  EXPECT_TRUE(world_.store().advances().empty());
}

std::vector<bool> TypingOf(Device& device) {
  std::vector<bool> active;
  for (const v1::ServerFrame& frame : device.TakeAnswers()) {
    if (frame.has_typing()) active.push_back(frame.typing().active());
  }
  return active;
}

TEST_F(HubSignalsTest, OthersHearWhoTypesAndThatItEnded) {
  bob_.Give(TypingCommandFrame(room_, true));
  world_.Settle();

  const auto frames = alice_.TakeAnswers();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].typing().conversation_id(), room_.number());
  EXPECT_EQ(frames[0].typing().user_id(), kBob.number());
  EXPECT_TRUE(frames[0].typing().active());
  EXPECT_TRUE(TypingOf(bobs_phone_).empty());
  EXPECT_TRUE(TypingOf(carol_).empty());

  bob_.Give(TypingCommandFrame(room_, false));
  world_.Settle();
  EXPECT_EQ(TypingOf(alice_), std::vector{false});
  world_.Pass(kTypingLifetime + 1s);
  EXPECT_TRUE(TypingOf(alice_).empty()) << "it ended once";
}

TEST_F(HubSignalsTest, TypingExpiresWhenItIsNotSaidAgain) {
  bob_.Give(TypingCommandFrame(room_, true));
  world_.Pass(kTypingLifetime - 1s);
  bob_.Give(TypingCommandFrame(room_, true));
  world_.Pass(kTypingLifetime - 1s);
  EXPECT_EQ(TypingOf(alice_), std::vector{true}) << "the latest that waited";

  world_.Pass(1s + 200ms);
  EXPECT_EQ(TypingOf(alice_), std::vector{false});
}

TEST_F(HubSignalsTest, TypingEndsWithItsConnection) {
  bob_.Give(TypingCommandFrame(room_, true));
  world_.Settle();
  EXPECT_EQ(TypingOf(alice_), std::vector{true});

  bob_.Disconnect();
  world_.Settle();

  EXPECT_EQ(TypingOf(alice_), std::vector{false});
}

TEST(HubSignalRatesTest, TypingFasterThanItsRateIsRefused) {
  constexpr int kTooMany = 20;
  HubWorld world(1, {}, kDefaultRates);
  Device& alice = world.Connect(kAlice);
  Device& bob = world.Connect(kBob);
  for (Device* device : {&alice, &bob}) device->Take();

  for (int i = 0; i < kTooMany; ++i) {
    bob.Give(TypingCommandFrame(world.store().AddConversation({kAlice, kBob}), true));
  }
  world.Settle();

  EXPECT_EQ(TypingOf(alice).size(), kTypingRatePerUser.burst);
  const auto refused = bob.TakeAnswers();
  ASSERT_EQ(refused.size(), kTooMany - kTypingRatePerUser.burst);
  EXPECT_EQ(refused[0].error().code(), "rate_limited");
}

TEST_F(HubSignalsTest, OnlyAMemberIsHeardTyping) {
  carol_.Give(TypingCommandFrame(room_, true));
  world_.Pass(kTypingLifetime + 1s);

  EXPECT_TRUE(TypingOf(alice_).empty());
  EXPECT_TRUE(carol_.TakeAnswers().empty()) << "there is no answer that tells what exists";
}

TEST_F(HubSignalsTest, WhoLeftHearsNobodyTypeAfterAWhile) {
  bob_.Give(TypingCommandFrame(room_, true));
  world_.Settle();
  EXPECT_EQ(TypingOf(alice_), std::vector{true});
  world_.store().RemoveMember(room_, kAlice);

  for (int second = 0; second < 12; ++second) {
    world_.Pass(1s);
    bob_.Give(TypingCommandFrame(room_, true));
  }
  world_.Settle();
  TypingOf(alice_);
  for (int second = 0; second < 5; ++second) {
    world_.Pass(1s);
    bob_.Give(TypingCommandFrame(room_, true));
  }

  EXPECT_TRUE(TypingOf(alice_).empty());
  EXPECT_EQ(world_.store().listener_reads(), 2) << "the store is not asked each time";
}

TEST_F(HubSignalsTest, NobodyIsToldWhileItIsNotKnownWhoMayHear) {
  world_.store().SetState(MemoryStore::State::kDown);
  bob_.Give(TypingCommandFrame(room_, true));
  world_.Settle();
  EXPECT_TRUE(TypingOf(alice_).empty());

  world_.store().SetState(MemoryStore::State::kUp);
  bob_.Give(TypingCommandFrame(room_, true));
  world_.Settle();
  EXPECT_EQ(TypingOf(alice_), std::vector{true});
}

}  // namespace
}  // namespace chat
