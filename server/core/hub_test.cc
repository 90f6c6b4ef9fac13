// Connections, sends and fan-out through whole hubs in virtual time.
#include "server/core/hub.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "protocol/rates.h"
#include "tests/harness/hub_world.h"

namespace chat {
namespace {

using std::chrono::milliseconds;
using testing::Device;
using testing::HubWorld;
using testing::SendFrame;

constexpr UserId kAlice(1001);
constexpr UserId kBob(1002);

std::int64_t SeqOf(const v1::ServerFrame& frame) {
  return frame.has_ack() ? frame.ack().seq() : frame.message().seq();
}

TEST(HubTest, WelcomesAConnection) {
  HubWorld world;
  Device& alice = world.Connect(kAlice);

  const auto frames = alice.Take();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].welcome().user_id(), kAlice.number());
  EXPECT_EQ(frames[0].welcome().heartbeat_timeout_ms(), 30000u);
}

TEST(HubTest, AnswersAHeartbeatWithItsRef) {
  HubWorld world;
  Device& alice = world.Connect(kAlice, 0, Encoding::kJson);
  alice.Take();

  alice.GiveBytes(websocket::Opcode::kText, R"({"ref":3,"heartbeat":{}})");

  const auto frames = alice.Take();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_TRUE(frames[0].has_heartbeat_ack());
  EXPECT_EQ(frames[0].ref(), 3u);
}

TEST(HubTest, AcksTheSenderAndDeliversToEveryOtherDeviceOnEveryShard) {
  HubWorld world(2);
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice, 0);
  Device& alices_phone = world.Connect(kAlice, 1, Encoding::kJson);
  Device& bob = world.Connect(kBob, 1);

  alice.Give(SendFrame(room, "m1", "hello"));
  world.Settle();

  const auto acks = alice.TakeAnswers();
  ASSERT_EQ(acks.size(), 1u);
  EXPECT_EQ(acks[0].ref(), 7u);
  EXPECT_EQ(acks[0].ack().seq(), 1);
  EXPECT_EQ(acks[0].ack().client_msg_id(), "m1");
  for (Device* other : {&alices_phone, &bob}) {
    const auto frames = other->TakeAnswers();
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_EQ(frames[0].message().text(), "hello");
    EXPECT_EQ(frames[0].message().message_id(), acks[0].ack().message_id());
  }
}

TEST(HubTest, NothingIsAckedBeforeTheStoreAnswered) {
  HubWorld world;
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice);
  world.Settle();
  alice.Take();

  alice.Give(SendFrame(room, "m1", "hello"));

  EXPECT_TRUE(alice.Take().empty());
}

TEST(HubTest, AcksAndBodiesReachTheSenderInTheOrderOfTheConversation) {
  HubWorld world(2);
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice, 0);
  Device& bob = world.Connect(kBob, 1);
  world.Settle();

  for (int i = 0; i < 20; ++i) {
    alice.Give(SendFrame(room, "a" + std::to_string(i), "from alice"));
    bob.Give(SendFrame(room, "b" + std::to_string(i), "from bob"));
  }
  world.Settle();

  for (Device* person : {&alice, &bob}) {
    const auto frames = person->TakeAnswers();
    ASSERT_EQ(frames.size(), 40u);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      EXPECT_EQ(SeqOf(frames[i]), static_cast<std::int64_t>(i) + 1);
    }
  }
}

TEST(HubTest, ARepeatedSendIsAckedAsTheFirstTimeAndDeliveredOnce) {
  HubWorld world;
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice);
  Device& bob = world.Connect(kBob);
  alice.Give(SendFrame(room, "m1", "hello"));
  world.Settle();
  const auto first = alice.TakeAnswers();

  alice.Give(SendFrame(room, "m1", "hello"));
  alice.Give(SendFrame(room, "m1", "something else"));
  world.Settle();

  const auto again = alice.TakeAnswers();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].ack().message_id(), first[0].ack().message_id());
  EXPECT_EQ(again[1].error().code(), "client_msg_id_reused");
  EXPECT_EQ(bob.TakeAnswers().size(), 1u);
}

// The first entry of a conversation waits for the member list; the answer to a repeat must not.
TEST(HubTest, ARepeatedSendIsAckedWhileAnotherEntryIsHeld) {
  HubWorld world(2);
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& before = world.Connect(kAlice, 0);
  before.Give(SendFrame(room, "m1", "hello"));
  world.Settle();
  Device& after = world.Connect(kAlice, 1);
  world.Settle();
  after.Take();
  world.store().AppendSilently(room, kBob, "not heard of here");

  after.Give(SendFrame(room, "m2", "new"));
  after.Give(SendFrame(room, "m1", "hello"));
  world.Settle();

  std::vector<std::string> acked;
  for (const v1::ServerFrame& frame : after.TakeAnswers()) {
    if (frame.has_ack()) acked.push_back(frame.ack().client_msg_id());
  }
  std::ranges::sort(acked);
  EXPECT_EQ(acked, (std::vector<std::string>{"m1", "m2"}));
}

TEST(HubTest, AStrangersConversationLooksLikeNone) {
  HubWorld world;
  const ConversationId room = world.store().AddConversation({kBob});
  Device& alice = world.Connect(kAlice);
  alice.Take();

  alice.Give(SendFrame(room, "m1", "hello"));
  alice.Give(SendFrame(ConversationId(999), "m2", "hello"));
  world.Settle();

  const auto frames = alice.TakeAnswers();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].error().code(), "not_found");
  EXPECT_EQ(frames[0].SerializeAsString(), frames[1].SerializeAsString());
}

TEST(HubTest, ALostHintIsReadBackWhenTheNextOneComes) {
  HubWorld world;
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice);
  Device& bob = world.Connect(kBob);
  alice.Give(SendFrame(room, "m1", "one"));
  world.Settle();
  world.store().AppendSilently(room, kAlice, "two");
  world.store().AppendSilently(room, kAlice, "three");

  alice.Give(SendFrame(room, "m4", "four"));
  world.Settle();

  const auto frames = bob.TakeAnswers();
  ASSERT_EQ(frames.size(), 4u);
  EXPECT_EQ(frames[1].message().text(), "two");
  EXPECT_EQ(frames[2].message().text(), "three");
  EXPECT_EQ(frames[3].message().text(), "four");
}

TEST(HubTest, WhatCouldNotBeReadBackAtOnceComesWhenTheStoreIsBack) {
  HubWorld world;
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice);
  Device& bob = world.Connect(kBob);
  alice.Give(SendFrame(room, "m1", "one"));
  world.Settle();
  bob.TakeAnswers();
  alice.TakeAnswers();
  world.store().AppendSilently(room, kAlice, "two");
  alice.Give(SendFrame(room, "m3", "three"));
  world.store().SetState(testing::MemoryStore::State::kDown);
  world.Pass(milliseconds(5000));

  const auto acks = alice.TakeAnswers();
  ASSERT_EQ(acks.size(), 1u) << "an ack does not wait for an earlier entry";
  EXPECT_EQ(acks[0].ack().seq(), 3);
  EXPECT_TRUE(bob.TakeAnswers().empty());

  world.store().SetState(testing::MemoryStore::State::kUp);
  world.Pass(milliseconds(400));
  const auto frames = bob.TakeAnswers();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].message().text(), "two");
  EXPECT_EQ(frames[1].message().text(), "three");
}

TEST(HubTest, SendsBeyondTheRateAreRefusedWithWhenToRetry) {
  HubWorld world(1, {}, kDefaultRates);
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice);
  alice.Take();
  for (int i = 0; i < 61; ++i) alice.Give(SendFrame(room, "m" + std::to_string(i), "x"));
  world.Settle();

  const auto frames = alice.TakeAnswers();
  ASSERT_EQ(frames.size(), 61u);
  EXPECT_EQ(frames[0].error().code(), "rate_limited") << "refused at once, before the acks";
  EXPECT_EQ(frames[0].error().retry_after_ms(), 50u);
}

TEST(HubTest, TheDevicesOfAUserShareOneRateOnAllShards) {
  HubWorld world(2, {}, kDefaultRates);
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& phone = world.Connect(kAlice, 0);
  Device& laptop = world.Connect(kAlice, 1);
  laptop.Take();
  for (int i = 0; i < 60; ++i) phone.Give(SendFrame(room, "m" + std::to_string(i), "x"));

  laptop.Give(SendFrame(room, "one more", "x"));

  const auto frames = laptop.TakeAnswers();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].error().code(), "rate_limited");
}

TEST(HubTest, OtherFramesHaveARateOfTheirOwnAndHeartbeatsNone) {
  HubWorld world(1, {}, kDefaultRates);
  Device& alice = world.Connect(kAlice);
  alice.Take();
  for (int i = 0; i < 100; ++i) alice.Give(testing::WatchFrame({}));
  world.Settle();
  alice.Take();
  v1::ClientFrame heartbeat;
  heartbeat.mutable_heartbeat();

  alice.Give(testing::WatchFrame({}));
  for (int i = 0; i < 200; ++i) alice.Give(heartbeat);

  const auto frames = alice.TakeAnswers();
  ASSERT_EQ(frames.size(), 201u);
  EXPECT_EQ(frames[0].error().code(), "rate_limited");
  EXPECT_EQ(frames[0].error().retry_after_ms(), 20u);
  EXPECT_EQ(frames[0].ref(), testing::WatchFrame({}).ref());
  for (int i = 1; i <= 200; ++i) EXPECT_TRUE(frames[i].has_heartbeat_ack());
}

TEST(HubTest, WhoGoesOnForLongOverTheRateIsClosed) {
  HubWorld world(1, {}, kDefaultRates);
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice);
  const v1::ClientFrame frame = SendFrame(room, "the same", "x");
  for (int i = 0; i < 60 + kFramesTooOftenPerMinuteMax - 1; ++i) {
    alice.Give(frame);
    alice.Take();
  }
  EXPECT_FALSE(alice.closed_with());

  alice.Give(frame);

  EXPECT_EQ(alice.closed_with(), websocket::CloseCode::kPolicyViolation);
}

TEST(HubTest, TheTenthFrameThatDoesNotParseWithinAMinuteClosesTheConnection) {
  HubWorld world;
  Device& alice = world.Connect(kAlice, 0, Encoding::kJson);
  for (int i = 0; i < 9; ++i) alice.GiveBytes(websocket::Opcode::kText, "{");
  EXPECT_FALSE(alice.closed_with());

  alice.GiveBytes(websocket::Opcode::kText, "{");

  EXPECT_EQ(alice.closed_with(), websocket::CloseCode::kPolicyViolation);
}

TEST(HubTest, FramesThisServerDoesNotKnowAreRefusedAndNotCounted) {
  HubWorld world;
  Device& alice = world.Connect(kAlice, 0, Encoding::kJson);
  alice.Take();
  for (int i = 0; i < 20; ++i) alice.GiveBytes(websocket::Opcode::kText, R"({"ref":1,"dance":{}})");

  const auto frames = alice.TakeAnswers();

  ASSERT_EQ(frames.size(), 20u);
  EXPECT_EQ(frames[0].error().code(), "unsupported");
  EXPECT_FALSE(alice.closed_with());
}

TEST(HubTest, TheOtherSubprotocolsFrameTypeCloses) {
  HubWorld world;
  Device& alice = world.Connect(kAlice, 0, Encoding::kJson);

  alice.GiveBytes(websocket::Opcode::kBinary, "x");

  EXPECT_EQ(alice.closed_with(), websocket::CloseCode::kWrongFrameType);
}

TEST(HubTest, ASilentConnectionIsClosedAfterTheTimeoutAndAHeartbeatKeepsIt) {
  HubWorld world;
  Device& silent = world.Connect(kAlice);
  Device& beating = world.Connect(kBob);
  v1::ClientFrame heartbeat;
  heartbeat.mutable_heartbeat();

  for (int i = 0; i < 31; ++i) {
    world.Pass(milliseconds(1000));
    beating.Give(heartbeat);
    beating.Take();
  }

  EXPECT_EQ(silent.closed_with(), websocket::CloseCode::kHeartbeatTimeout);
  EXPECT_FALSE(beating.closed_with());
}

TEST(HubTest, AReaderThatStopsGetsGapsAndMemoryStaysBounded) {
  HubOptions options;
  options.outbox_limits = {.bytes_max = 64 * 1024, .bytes_hard_max = 256 * 1024};
  HubWorld world(1, options);
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice);
  Device& bob = world.Connect(kBob);
  world.Settle();
  bob.Take();

  for (int i = 0; i < 2000; ++i) {
    alice.Give(SendFrame(room, "m" + std::to_string(i), std::string(1000, 'x')));
    world.Settle();
    alice.Take();
    ASSERT_LE(bob.connection().outbox().bytes(), options.outbox_limits.bytes_hard_max);
  }

  const auto frames = bob.TakeAnswers();
  ASSERT_FALSE(bob.closed_with());
  ASSERT_FALSE(frames.empty());
  EXPECT_TRUE(frames.back().has_gap());
  EXPECT_EQ(frames.back().gap().head_seq(), 2000);
}

TEST(HubTest, EndingASessionClosesItsConnectionsOnly) {
  HubWorld world;
  Device& first = world.Connect(kAlice);
  Device& second = world.Connect(kAlice);
  auto batch = std::make_shared<CommitBatch>();
  batch->revoked_sessions.push_back(first.connection().owner());

  world.bus().Publish(std::shared_ptr<const CommitBatch>(batch));
  world.Settle();

  EXPECT_EQ(first.closed_with(), websocket::CloseCode::kSessionRevoked);
  EXPECT_FALSE(second.closed_with());
}

TEST(HubTest, DisablingAUserClosesAllOfTheirConnectionsOnly) {
  HubWorld world;
  Device& phone = world.Connect(kAlice);
  Device& laptop = world.Connect(kAlice);
  Device& bob = world.Connect(kBob);
  auto batch = std::make_shared<CommitBatch>();
  batch->disabled_users.push_back(kAlice);
  batch->revoked_sessions.push_back(phone.connection().owner());

  world.bus().Publish(std::shared_ptr<const CommitBatch>(batch));
  world.Settle();

  EXPECT_EQ(phone.closed_with(), websocket::CloseCode::kSessionExpired);
  EXPECT_EQ(laptop.closed_with(), websocket::CloseCode::kSessionExpired);
  EXPECT_FALSE(bob.closed_with());
}

TEST(HubTest, ASessionThatWasRevokedDuringItsUpgradeGetsNoLiveConnection) {
  HubWorld world;
  Device& first = world.Connect(kAlice);
  auto batch = std::make_shared<CommitBatch>();
  batch->revoked_sessions.push_back(first.connection().owner());
  world.bus().Publish(std::shared_ptr<const CommitBatch>(batch));
  world.Settle();

  Device& late = world.Connect(first.connection().owner());
  world.Settle();

  EXPECT_EQ(late.closed_with(), websocket::CloseCode::kSessionRevoked);
}

TEST(HubTest, AnAnswerThatComesAfterTheConnectionEndedHarmsNobody) {
  HubWorld world;
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice);
  Device& bob = world.Connect(kBob);
  alice.Give(SendFrame(room, "m1", "hello"));
  alice.Disconnect();

  world.Settle();

  EXPECT_EQ(bob.TakeAnswers().size(), 1u);
}

TEST(HubTest, FramesOfOneTurnWakeThePeerOnce) {
  HubWorld world;
  Device& alice = world.Connect(kAlice);
  alice.Take();
  const int before = alice.wakeups();
  v1::ClientFrame heartbeat;
  heartbeat.mutable_heartbeat();

  for (int i = 0; i < 5; ++i) alice.Give(heartbeat);

  EXPECT_EQ(alice.wakeups(), before + 1);
}

}  // namespace
}  // namespace chat
