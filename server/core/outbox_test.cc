#include "server/core/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/outbox_reader.h"
#include "server/core/shared_frame.h"
#include "server/core/wire.h"

namespace chat {
namespace {

using testing::ElementsAre;

constexpr ConversationId kLunch(7);
constexpr ConversationId kWork(8);
constexpr UserId kAlice(1);
constexpr UserId kBob(2);
constexpr std::size_t kPadding = 300;

class OutboxTest : public testing::Test {
 protected:
  void PushAck(std::int64_t seq) { outbox_.Push(EncodeWire(Encoding::kJson, AckOf(Seq(seq)))); }

  void PushBody(ConversationId conversation, std::int64_t seq, std::int64_t change = 0) {
    outbox_.PushBody(Body(conversation, seq), conversation, Seq(seq), Change(change));
  }

  void PushTyping(ConversationId conversation, UserId user) {
    outbox_.PushTyping(EncodeWire(Encoding::kJson, TypingOf(conversation, user)), conversation,
                       user);
  }

  void PushPresence(UserId user, OnlineState online) {
    outbox_.PushPresence({.seen = {user, std::nullopt}, .online = online});
  }

  static WireFrame Body(ConversationId conversation, std::int64_t seq,
                        std::size_t padding = kPadding) {
    return EncodeWire(Encoding::kJson, BodyOf(conversation, Seq(seq), padding));
  }

  std::vector<std::string> ReadAll() {
    reader_.ReadAll(outbox_);
    return reader_.TakeFrames();
  }

  // Three bodies fit, four do not; an ack more does not matter.
  const std::size_t body_bytes_ = Body(kLunch, 1)->size();
  OutboxLimits limits_{.bytes_max = 4 * body_bytes_ - 1, .bytes_hard_max = 8 * body_bytes_};
  OutboxTotals totals_;
  Outbox outbox_{Encoding::kJson, limits_, totals_};
  OutboxReader reader_;
};

TEST(OutboxSizeTest, IsSmallBecauseEveryIdleConnectionHasOne) { EXPECT_LE(sizeof(Outbox), 32u); }

TEST_F(OutboxTest, IsEmptyAtFirstAndAfterAllIsWritten) {
  EXPECT_TRUE(outbox_.empty());

  PushAck(1);
  EXPECT_FALSE(outbox_.empty());
  EXPECT_GT(outbox_.bytes(), 0u);
  ReadAll();

  EXPECT_TRUE(outbox_.empty());
  EXPECT_EQ(outbox_.bytes(), 0u);
}

TEST_F(OutboxTest, ShowsNothingWhenEmpty) {
  std::array<std::string_view, 4> parts;
  EXPECT_EQ(outbox_.Gather(parts), 0u);
}

TEST_F(OutboxTest, KeepsTheOrderOfBodiesAndOtherFrames) {
  PushBody(kLunch, 1);
  PushAck(1);
  PushBody(kWork, 5);
  PushAck(2);

  EXPECT_THAT(ReadAll(), ElementsAre("body 7/1", "ack 1", "body 8/5", "ack 2"));
}

TEST_F(OutboxTest, ShowsAtMostAsManyPiecesAsThereIsRoomFor) {
  for (int seq = 1; seq <= 5; ++seq) PushAck(seq);
  std::array<std::string_view, 2> parts;

  EXPECT_EQ(outbox_.Gather(parts), 2u);
  outbox_.Consume(parts[0].size() + parts[1].size());

  EXPECT_THAT(ReadAll(), ElementsAre("ack 3", "ack 4", "ack 5"));
}

TEST_F(OutboxTest, GoesOnWhereAWriteStoppedAtAnyByte) {
  const std::size_t frame_bytes = EncodeWire(Encoding::kJson, AckOf(Seq(1)))->size();
  for (std::size_t stop = 1; stop < 2 * frame_bytes; ++stop) {
    PushAck(1);
    PushAck(2);

    EXPECT_EQ(reader_.Read(outbox_, stop), stop);

    EXPECT_EQ(outbox_.bytes(), 2 * frame_bytes - stop);
    EXPECT_THAT(ReadAll(), ElementsAre("ack 1", "ack 2"));
  }
}

TEST_F(OutboxTest, ReplacesBodiesByOneGapForEachConversationWhereTheFirstStood) {
  PushAck(1);
  PushBody(kLunch, 1);
  PushAck(2);
  PushBody(kWork, 5, 3);
  PushBody(kLunch, 2);

  PushBody(kLunch, 3, 9);

  PushAck(3);
  EXPECT_THAT(ReadAll(), ElementsAre("ack 1", "gap 7 at 3/9", "ack 2", "gap 8 at 5/3", "ack 3"));
  EXPECT_EQ(totals_.gaps, 2u);
  EXPECT_EQ(totals_.bodies_shed, 4u);
}

TEST_F(OutboxTest, LetsAnotherConversationFlowOnceThereIsRoomAgain) {
  for (int seq = 1; seq <= 3; ++seq) PushBody(kLunch, seq);

  PushBody(kWork, 1);

  EXPECT_THAT(ReadAll(), ElementsAre("gap 7 at 3/0", "body 8/1"));
}

TEST_F(OutboxTest, GivesAGapToABodyThatFindsNoRoomEvenAfterShedding) {
  while (outbox_.bytes() <= limits_.bytes_max) PushAck(1);

  PushBody(kLunch, 4, 2);

  EXPECT_EQ(ReadAll().back(), "gap 7 at 4/2");
  EXPECT_EQ(totals_.gaps, 1u);
  EXPECT_EQ(totals_.bodies_shed, 1u);
}

TEST_F(OutboxTest, RaisesTheHeadsOfAGapThatWaitsAndNeverLowersThem) {
  for (int seq = 1; seq <= 4; ++seq) PushBody(kLunch, seq);

  PushBody(kLunch, 6, 2);
  PushBody(kLunch, 5, 1);

  EXPECT_THAT(ReadAll(), ElementsAre("gap 7 at 6/2"));
}

TEST_F(OutboxTest, RaisesAGapThatWasShownButNotWritten) {
  for (int seq = 1; seq <= 4; ++seq) PushBody(kLunch, seq);
  std::array<std::string_view, 4> parts;
  ASSERT_EQ(outbox_.Gather(parts), 1u);

  PushBody(kLunch, 5);

  EXPECT_THAT(ReadAll(), ElementsAre("gap 7 at 5/0"));
}

TEST_F(OutboxTest, LetsBodiesFlowAgainOnceTheGapHasBegunToLeave) {
  for (int seq = 1; seq <= 4; ++seq) PushBody(kLunch, seq);
  reader_.Read(outbox_, 1);

  PushBody(kLunch, 5);

  EXPECT_THAT(ReadAll(), ElementsAre("gap 7 at 4/0", "body 7/5"));
}

TEST_F(OutboxTest, FollowsAGapThatHasBegunByAnotherWhenTheReaderIsStillTooSlow) {
  for (int seq = 1; seq <= 4; ++seq) PushBody(kLunch, seq);
  reader_.Read(outbox_, 1);

  for (int seq = 5; seq <= 9; ++seq) PushBody(kLunch, seq);

  EXPECT_THAT(ReadAll(), ElementsAre("gap 7 at 4/0", "gap 7 at 9/0"));
}

TEST_F(OutboxTest, NeverRemovesAFrameThatIsPartlyWritten) {
  PushBody(kLunch, 1);
  reader_.Read(outbox_, 1);
  for (int seq = 2; seq <= 5; ++seq) PushBody(kLunch, seq);

  EXPECT_THAT(ReadAll(), ElementsAre("body 7/1", "gap 7 at 5/0"));
}

TEST_F(OutboxTest, AcceptsOneBodyAboveTheBudgetWhenNothingWaits) {
  outbox_.PushBody(Body(kLunch, 1, limits_.bytes_max + 1), kLunch, Seq(1), Change(0));

  EXPECT_GT(outbox_.bytes(), limits_.bytes_max);
  EXPECT_THAT(ReadAll(), ElementsAre("body 7/1"));
}

TEST_F(OutboxTest, GivesAGapToABodyThatCouldNeverBeWritten) {
  outbox_.PushBody(Body(kLunch, 1, limits_.bytes_hard_max), kLunch, Seq(1), Change(0));

  EXPECT_FALSE(outbox_.overflowed());
  EXPECT_THAT(ReadAll(), ElementsAre("gap 7 at 1/0"));
}

TEST_F(OutboxTest, KeepsFramesOtherThanBodiesAboveTheBudget) {
  int seq = 0;
  while (outbox_.bytes() <= 2 * limits_.bytes_max - body_bytes_) PushAck(++seq);

  EXPECT_FALSE(outbox_.overflowed());
  EXPECT_EQ(ReadAll().size(), static_cast<std::size_t>(seq));
}

TEST_F(OutboxTest, ShedsBodiesBeforeItOverflows) {
  for (int seq = 1; seq <= 3; ++seq) PushBody(kLunch, seq);
  const WireFrame ack = EncodeWire(Encoding::kJson, AckOf(Seq(1)));
  while (outbox_.bytes() + ack->size() <= limits_.bytes_hard_max) outbox_.Push(ack);
  ASSERT_EQ(totals_.gaps, 0u);

  outbox_.Push(ack);

  EXPECT_FALSE(outbox_.overflowed());
  EXPECT_EQ(totals_.gaps, 1u);
  EXPECT_LT(outbox_.bytes(), limits_.bytes_hard_max - body_bytes_);
}

TEST_F(OutboxTest, OverflowsOnceAndDropsAllThatComesLater) {
  const WireFrame ack = EncodeWire(Encoding::kJson, AckOf(Seq(1)));
  while (outbox_.bytes() + ack->size() <= limits_.bytes_hard_max) outbox_.Push(ack);
  const std::size_t full = outbox_.bytes();
  ASSERT_FALSE(outbox_.overflowed());

  outbox_.Push(ack);
  outbox_.Push(ack);
  PushBody(kLunch, 1);
  PushPresence(kAlice, OnlineState::kOnline);
  PushTyping(kLunch, kAlice);

  EXPECT_TRUE(outbox_.overflowed());
  EXPECT_EQ(totals_.overflows, 1u);
  EXPECT_EQ(outbox_.bytes(), full);
}

TEST_F(OutboxTest, StaysEmptyWhenTheFirstFrameAloneOverflows) {
  PushTyping(kLunch, kAlice);
  outbox_.Push(std::make_shared<const std::string>(limits_.bytes_hard_max + 1, 'x'));

  EXPECT_TRUE(outbox_.overflowed());
  EXPECT_TRUE(outbox_.empty());
}

TEST_F(OutboxTest, OverflowsWhenTheGapsThemselvesTakeTooMuch) {
  PushAck(1);
  for (int conversation = 1; conversation <= 100; ++conversation) {
    outbox_.PushBody(Body(ConversationId(conversation), 1, limits_.bytes_max),
                     ConversationId(conversation), Seq(1), Change(0));
  }

  EXPECT_TRUE(outbox_.overflowed());
  EXPECT_LE(outbox_.bytes(), limits_.bytes_hard_max);
}

TEST_F(OutboxTest, OverflowsWhenGapsAreLongerThanTheBodiesTheyStandFor) {
  const auto short_body = std::make_shared<const std::string>(10, 'x');
  ConversationId conversation;
  while (outbox_.bytes() + short_body->size() <= limits_.bytes_max) {
    conversation = ConversationId(conversation.number() + 1);
    outbox_.PushBody(short_body, conversation, Seq(1), Change(0));
  }
  ASSERT_FALSE(outbox_.overflowed());

  outbox_.PushBody(short_body, conversation, Seq(2), Change(0));

  EXPECT_TRUE(outbox_.overflowed());
}

TEST_F(OutboxTest, TellsOfEveryUserInOnePresenceFrameAfterTheRest) {
  PushPresence(kBob, OnlineState::kOffline);
  PushAck(1);
  PushPresence(kAlice, OnlineState::kOnline);
  PushBody(kLunch, 1);

  EXPECT_THAT(ReadAll(), ElementsAre("ack 1", "body 7/1", "presence +1 -2"));
}

TEST_F(OutboxTest, KeepsOnlyTheLatestPresenceOfAUser) {
  PushPresence(kAlice, OnlineState::kOnline);
  const std::size_t bytes = outbox_.bytes();
  PushPresence(kAlice, OnlineState::kOffline);
  EXPECT_EQ(outbox_.bytes(), bytes);

  EXPECT_THAT(ReadAll(), ElementsAre("presence -1"));
}

TEST_F(OutboxTest, TellsNothingAfterASnapshotThatIsOlderThanIt) {
  PushPresence(kAlice, OnlineState::kOnline);
  v1::ServerFrame snapshot;
  *snapshot.mutable_presence()->add_users() =
      ToWire(LastSeen{kAlice, std::nullopt}, OnlineState::kOffline);
  outbox_.PushPresenceSnapshot(EncodeWire(Encoding::kJson, snapshot));
  PushPresence(kBob, OnlineState::kOnline);

  EXPECT_THAT(ReadAll(), ElementsAre("presence -1", "presence +2"));
}

TEST_F(OutboxTest, MergesPresenceWhileAnEarlierFrameOfItStillWaits) {
  PushPresence(kAlice, OnlineState::kOnline);
  reader_.Read(outbox_, 1);

  for (int turn = 0; turn < 5; ++turn) {
    PushPresence(kAlice, turn % 2 == 0 ? OnlineState::kOffline : OnlineState::kOnline);
    PushPresence(kBob, OnlineState::kOnline);
    reader_.Read(outbox_, 1);
  }

  EXPECT_THAT(ReadAll(), ElementsAre("presence +1", "presence -1 +2"));
}

TEST_F(OutboxTest, NamesNoMoreUsersInAPresenceFrameThanOneMayWatch) {
  limits_.bytes_hard_max = kMebibyte;
  for (std::size_t user = 1; user <= kWatchUsersMax + 1; ++user) {
    PushPresence(UserId(static_cast<std::int64_t>(user)), OnlineState::kOnline);
  }

  const std::vector<std::string> frames = ReadAll();

  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[1], "presence +501");
}

TEST_F(OutboxTest, KeepsOneTypingForEachUserAndConversation) {
  PushTyping(kLunch, kAlice);
  const std::size_t bytes = outbox_.bytes();
  PushTyping(kLunch, kAlice);
  EXPECT_EQ(outbox_.bytes(), bytes);
  PushTyping(kLunch, kBob);
  PushTyping(kWork, kAlice);
  PushAck(1);

  EXPECT_THAT(ReadAll(), ElementsAre("ack 1", "typing 7/1", "typing 7/2", "typing 8/1"));
  EXPECT_EQ(totals_.signals_shed, 0u);
}

TEST_F(OutboxTest, AReceiptAndTypingOfOneUserDoNotReplaceEachOther) {
  v1::ServerFrame receipt;
  receipt.mutable_receipt()->set_conversation_id(kLunch.number());
  outbox_.PushReceipt(EncodeWire(Encoding::kJson, receipt), kLunch, kAlice);
  PushTyping(kLunch, kAlice);
  outbox_.PushReceipt(EncodeWire(Encoding::kJson, receipt), kLunch, kAlice);

  EXPECT_EQ(ReadAll().size(), 2u);
}

TEST_F(OutboxTest, DropsTypingBeforeItShedsABody) {
  for (int seq = 1; seq <= 2; ++seq) PushBody(kLunch, seq);
  while (outbox_.bytes() + body_bytes_ <= limits_.bytes_max) {
    PushTyping(kLunch, UserId(static_cast<std::int64_t>(outbox_.bytes())));
  }

  PushBody(kLunch, 3);

  EXPECT_THAT(ReadAll(), ElementsAre("body 7/1", "body 7/2", "body 7/3"));
  EXPECT_GT(totals_.signals_shed, 0u);
}

TEST_F(OutboxTest, TakesNoTypingAboveTheBudget) {
  while (outbox_.bytes() < limits_.bytes_max) PushAck(1);
  const std::size_t bytes = outbox_.bytes();

  PushTyping(kLunch, kAlice);

  EXPECT_EQ(outbox_.bytes(), bytes);
  EXPECT_EQ(totals_.signals_shed, 1u);
}

TEST_F(OutboxTest, KeepsPresenceWhenItShedsBodies) {
  PushPresence(kAlice, OnlineState::kOnline);
  for (int seq = 1; seq <= 4; ++seq) PushBody(kLunch, seq);

  EXPECT_THAT(ReadAll(), ElementsAre("gap 7 at 4/0", "presence +1"));
}

TEST_F(OutboxTest, CountsNoSignalShorterThanItsLongestForm) {
  const std::int64_t longest = std::numeric_limits<std::int64_t>::max();
  for (int body = 0; body < 4; ++body) {
    PushBody(ConversationId(longest), longest, longest);
  }
  EXPECT_EQ(outbox_.bytes(), Outbox::kSignalBytesMax);
  EXPECT_LE(reader_.Read(outbox_), Outbox::kSignalBytesMax);

  outbox_.PushPresence({.seen = {UserId(longest), kLastTime}, .online = OnlineState::kOffline});
  EXPECT_EQ(outbox_.bytes(), Outbox::kSignalBytesMax);
  EXPECT_LE(reader_.Read(outbox_), Outbox::kSignalBytesMax);
}

}  // namespace
}  // namespace chat
