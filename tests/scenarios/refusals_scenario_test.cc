// Frames that cannot be served: what is answered, and what ends the connection.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "protocol/chat.pb.h"
#include "protocol/envelope.h"
#include "protocol/ids.h"
#include "protocol/limits.h"
#include "protocol/websocket/close_code.h"
#include "protocol/websocket/opcode.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

using websocket::CloseCode;
using websocket::Opcode;

class RefusalsScenarioTest : public Scenario {
 protected:
  Opcode RightOpcode() { return IsJson() ? Opcode::kText : Opcode::kBinary; }
  bool IsJson() { return world().encoding() == Encoding::kJson; }

  // Bytes that do not parse in either encoding.
  void SendNonsense(Person& person) {
    person.client().SendRaw(RightOpcode(), IsJson() ? "{\"send\":" : "\x1A\xFF\xFF\xFF\xFF\x0F");
  }

  // A whole chat, so that the refusals are about what is sent.
  Person AliceWithAChat() {
    Person alice = Joins("alice");
    Person bob = Joins("bob");
    Introduce(alice, bob);
    return alice;
  }
};
INSTANTIATE_TEST_SUITE_P(Everywhere, RefusalsScenarioTest, AllSettings(), NameOf);

std::string Repeat(const std::string& text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST_P(RefusalsScenarioTest, InvalidFrameIsAnsweredAndTheConnectionStays) {
  Person alice = AliceWithAChat();

  SendNonsense(alice);

  alice.IsRefused("invalid_frame");
  EXPECT_EQ(alice.Sends("still here").seq, 1);
}

TEST_P(RefusalsScenarioTest, TenthInvalidFrameClosesTheConnection) {
  Person alice = AliceWithAChat();

  for (int i = 0; i < kInvalidFramesPerMinuteMax; ++i) SendNonsense(alice);

  for (int i = 0; i < kInvalidFramesPerMinuteMax; ++i) alice.IsRefused("invalid_frame");
  alice.IsClosedWith(CloseCode::kPolicyViolation);
}

TEST_P(RefusalsScenarioTest, UnknownBodiesDoNotCount) {
  Person alice = AliceWithAChat();
  v1::ClientFrame empty;
  empty.set_ref(7);

  for (int i = 0; i < 2 * kInvalidFramesPerMinuteMax; ++i) alice.Send(empty);

  for (int i = 0; i < 2 * kInvalidFramesPerMinuteMax; ++i) alice.IsRefused("unsupported");
  EXPECT_EQ(alice.Sends("still here").seq, 1);
}

TEST_P(RefusalsScenarioTest, WrongFrameTypeClosesTheConnection) {
  Person alice = Joins("alice");

  alice.client().SendRaw(IsJson() ? Opcode::kBinary : Opcode::kText, "{}");

  alice.IsClosedWith(CloseCode::kWrongFrameType);
}

TEST_P(RefusalsScenarioTest, AnswersCarryTheRefOfTheirFrame) {
  Person alice = AliceWithAChat();
  v1::ClientFrame frame;
  frame.set_ref(41);
  frame.mutable_heartbeat();
  alice.Send(frame);
  EXPECT_EQ(alice.Next(v1::ServerFrame::kHeartbeatAck).ref(), 41u);

  frame.set_ref(42);
  frame.mutable_send()->set_conversation_id(alice.conversation().number());
  frame.mutable_send()->set_client_msg_id("id");
  frame.mutable_send()->set_text("text");
  alice.Send(frame);
  EXPECT_EQ(alice.Next(v1::ServerFrame::kAck).ref(), 42u);

  frame.set_ref(43);
  frame.mutable_send()->set_text("another text");
  alice.Send(frame);
  EXPECT_EQ(alice.Next(v1::ServerFrame::kError).ref(), 43u);
}

TEST_P(RefusalsScenarioTest, TextsOutsideOfTheLimitsAreRefused) {
  Person alice = AliceWithAChat();

  alice.BeginsToSend("");
  alice.IsRefused("invalid_argument");
  alice.BeginsToSend(std::string("a\0b", 3));
  alice.IsRefused("invalid_argument");
  alice.BeginsToSend(std::string(kTextCodePointsMax + 1, 'x'));
  alice.IsRefused("too_large");
  alice.BeginsToSend(Repeat("\xF0\x9F\x98\x80", kTextBytesMax / 4 + 1));
  alice.IsRefused("too_large");

  EXPECT_EQ(alice.Sends("x").seq, 1);
}

TEST_P(RefusalsScenarioTest, LongestTextsArriveWhole) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  const std::string most_code_points(kTextCodePointsMax, 'x');
  const std::string most_bytes = Repeat("\xF0\x9F\x98\x80", kTextBytesMax / 4);
  const std::string longest_json(kTextCodePointsMax, '\x01');

  alice.Sends(most_code_points);
  alice.Sends(most_bytes);
  alice.Sends(longest_json);

  bob.Receives(most_code_points);
  bob.Receives(most_bytes);
  bob.Receives(longest_json);
}

TEST_P(RefusalsScenarioTest, ClientMsgIdHasItsLimits) {
  Person alice = AliceWithAChat();

  alice.BeginsToSendAs("", "text");
  alice.IsRefused("invalid_argument");
  alice.BeginsToSendAs(std::string(kClientMsgIdBytesMax + 1, 'x'), "text");
  alice.IsRefused("invalid_argument");

  EXPECT_EQ(alice.SendsAs(std::string(kClientMsgIdBytesMax, 'x'), "text").seq, 1);
}

TEST_P(RefusalsScenarioTest, FrameOverOneMebibyteClosesTheConnection) {
  Person alice = Joins("alice");

  alice.client().SendRaw(RightOpcode(), std::string(kFrameBytesMax + 1, ' '));

  alice.IsClosedWith(CloseCode::kTooLarge);
}

TEST_P(RefusalsScenarioTest, MissingConversationLooksLikeAStrangers) {
  Person alice = AliceWithAChat();
  Person eve = Joins("eve");
  eve.TalksIn(alice.conversation());

  eve.BeginsToSend("hello");
  const v1::ErrorEvent of_others = eve.IsRefused("not_found");
  eve.TalksIn(ConversationId(alice.conversation().number() + 1));
  eve.BeginsToSend("hello");
  const v1::ErrorEvent of_nobody = eve.IsRefused("not_found");

  EXPECT_EQ(of_others.SerializeAsString(), of_nobody.SerializeAsString());
}

TEST_P(RefusalsScenarioTest, TooLongListsAreRefused) {
  Person alice = Joins("alice");
  v1::ClientFrame sync;
  for (std::size_t i = 0; i <= kSyncCursorsMax; ++i) {
    sync.mutable_sync()->add_cursors()->set_conversation_id(static_cast<std::int64_t>(i + 1));
  }
  v1::ClientFrame watch;
  for (std::size_t i = 0; i <= kWatchUsersMax; ++i) {
    watch.mutable_watch_presence()->add_user_ids(static_cast<std::int64_t>(i + 1));
  }

  alice.Send(sync);
  alice.IsRefused("invalid_argument");
  alice.Send(watch);
  alice.IsRefused("invalid_argument");
  alice.HearsNothingElse();
}

}  // namespace
}  // namespace chat::testing
