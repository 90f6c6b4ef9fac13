#include "server/core/sync_state.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace chat {
namespace {

constexpr ConversationId kRoom(10);
constexpr ConversationId kOther(20);

LiveBody Body(ConversationId conversation, std::int64_t seq) {
  return {.conversation_id = conversation,
          .seq = Seq(seq),
          .change = Change(),
          .frame = std::make_shared<const std::string>("body")};
}

// Entries first..last of kRoom, read when `head` was the last one.
EntryPage Page(std::int64_t first, std::int64_t last, std::int64_t head) {
  EntryPage page;
  for (std::int64_t seq = first; seq <= last; ++seq) {
    page.entries.emplace_back().seq = Seq(seq);
  }
  page.head_seq = Seq(head);
  page.as_of = static_cast<CommitNumber>(head);
  return page;
}

SyncCursor From(ConversationId conversation, std::int64_t after) {
  return {conversation, Seq(after), Change()};
}

void Read(SyncState& sync, const EntryPage& page) {
  ASSERT_TRUE(sync.NextRead());
  sync.ReadStarted();
  sync.PageRead(page);
}

TEST(SyncStateTest, LiveFlowGoesOnAtTheNextEntryAfterTheLastPage) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 0)}));

  EXPECT_TRUE(sync.Intercepts(Body(kRoom, 3)));
  Read(sync, Page(1, 3, 3));
  EXPECT_TRUE(sync.Intercepts(Body(kRoom, 4)));
  EXPECT_FALSE(sync.NextRead());
  const SyncEnd end = sync.Finish();

  ASSERT_EQ(end.positions.size(), 1u);
  EXPECT_EQ(end.positions[0].next_after_seq, Seq(3));
  EXPECT_FALSE(end.positions[0].more);
  ASSERT_EQ(end.held.size(), 1u);
  EXPECT_EQ(end.held[0].seq, Seq(4));
  EXPECT_FALSE(sync.Intercepts(Body(kRoom, 5)));
}

TEST(SyncStateTest, EntriesThatAPageHadAreNotSentAgainWhenTheLiveFlowBringsThemLate) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 0)}));
  Read(sync, Page(1, 3, 3));
  sync.Finish();

  EXPECT_TRUE(sync.Intercepts(Body(kRoom, 2)));
  EXPECT_TRUE(sync.Intercepts(Body(kRoom, 3)));
  EXPECT_FALSE(sync.Intercepts(Body(kRoom, 4)));
}

TEST(SyncStateTest, RemembersWhatPagesHadUntilTheirCommitsWentThroughTheLiveFlow) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 0)}));
  Read(sync, Page(1, 3, 3));
  sync.Finish();

  sync.ForgetPassed(2, [](ConversationId) { return false; });
  EXPECT_FALSE(sync.idle());
  sync.ForgetPassed(3, [](ConversationId) { return true; });
  EXPECT_FALSE(sync.idle());
  sync.ForgetPassed(3, [](ConversationId) { return false; });
  EXPECT_TRUE(sync.idle());
}

TEST(SyncStateTest, AConversationWithMoreStaysStoppedUntilItIsAskedForAgain) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 0)}));
  Read(sync, Page(1, 200, 300));
  SyncEnd end = sync.Finish();
  EXPECT_TRUE(end.positions[0].more);

  EXPECT_TRUE(sync.Intercepts(Body(kRoom, 301)));
  ASSERT_TRUE(sync.Start(2, {From(kRoom, 200)}));
  Read(sync, Page(201, 301, 301));
  end = sync.Finish();

  EXPECT_FALSE(end.positions[0].more);
  EXPECT_TRUE(end.held.empty());
  EXPECT_FALSE(sync.Intercepts(Body(kRoom, 302)));
}

TEST(SyncStateTest, AnswersMoreWhenLiveBodiesDidNotFit) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 0)}));
  const auto seq_max = static_cast<std::int64_t>(SyncState::kHeldMax) + 3;
  for (std::int64_t seq = 2; seq <= seq_max; ++seq) EXPECT_TRUE(sync.Intercepts(Body(kRoom, seq)));
  Read(sync, Page(1, 1, 1));

  const SyncEnd end = sync.Finish();

  EXPECT_TRUE(end.positions[0].more);
  EXPECT_TRUE(end.held.empty());
}

TEST(SyncStateTest, AnswersMoreWhenWhatWasHeldDoesNotGoOnWhereThePageEnds) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 0)}));
  Read(sync, Page(1, 3, 3));
  EXPECT_TRUE(sync.Intercepts(Body(kRoom, 5)));

  const SyncEnd end = sync.Finish();

  EXPECT_TRUE(end.positions[0].more);
  EXPECT_TRUE(end.held.empty());
}

// Change `number` of entry 1 of kRoom.
LiveBody ChangeBody(std::int64_t number) {
  LiveBody body = Body(kRoom, 1);
  body.kind = LiveKind::kChange;
  body.change = Change(number);
  return body;
}

EntryPage PageWithChanges(std::int64_t head, std::int64_t next_after) {
  EntryPage page = Page(1, 1, 1);
  page.head_change = Change(head);
  page.next_after_change = Change(next_after);
  return page;
}

TEST(SyncStateTest, ChangesGoOnAtTheNextOneAfterThePage) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 0)}));
  EXPECT_TRUE(sync.Intercepts(ChangeBody(2)));
  Read(sync, PageWithChanges(2, 2));
  EXPECT_TRUE(sync.Intercepts(ChangeBody(3)));

  const SyncEnd end = sync.Finish();

  EXPECT_EQ(end.positions[0].next_after_change, Change(2));
  EXPECT_FALSE(end.positions[0].more);
  ASSERT_EQ(end.held.size(), 1u);
  EXPECT_EQ(end.held[0].change, Change(3));
  EXPECT_TRUE(sync.Intercepts(ChangeBody(3))) << "comes again";
  EXPECT_FALSE(sync.Intercepts(ChangeBody(4)));
}

TEST(SyncStateTest, AnswersMoreWhileChangesAreLeftOrMissing) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 0)}));
  Read(sync, PageWithChanges(9, 5));
  const SyncEnd left = sync.Finish();
  ASSERT_TRUE(sync.Start(2, {{kRoom, Seq(1), Change(5)}}));
  Read(sync, PageWithChanges(9, 9));
  EXPECT_TRUE(sync.Intercepts(ChangeBody(11)));
  const SyncEnd missing = sync.Finish();

  EXPECT_TRUE(left.positions[0].more);
  EXPECT_EQ(left.positions[0].next_after_change, Change(5));
  EXPECT_TRUE(missing.positions[0].more);
  EXPECT_TRUE(missing.held.empty());
}

TEST(SyncStateTest, StopsOnlyTheConversationsItNames) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 0)}));

  EXPECT_FALSE(sync.Intercepts(Body(kOther, 1)));
}

TEST(SyncStateTest, LeavesOutConversationsThatAreNotTheViewers) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kOther, 0), From(kRoom, 0)}));
  Read(sync, Page(1, 1, 1));
  ASSERT_EQ(sync.NextRead()->conversation_id, kOther);
  sync.NotFound();

  const SyncEnd end = sync.Finish();

  ASSERT_EQ(end.positions.size(), 1u);
  EXPECT_EQ(end.positions[0].conversation_id, kRoom);
  EXPECT_FALSE(sync.Intercepts(Body(kOther, 1)));
}

TEST(SyncStateTest, ACursorBeyondTheHeadComesBackToIt) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 50)}));
  Read(sync, Page(1, 0, 7));

  EXPECT_EQ(sync.Finish().positions[0].next_after_seq, Seq(7));
}

TEST(SyncStateTest, RefusesASecondSyncARepeatAndTooMany) {
  SyncState sync;
  EXPECT_EQ(sync.Start(1, {From(kRoom, 0), From(kRoom, 1)}).error(), SyncStartError::kRepeated);
  std::vector<SyncCursor> many;
  for (std::size_t i = 0; i <= SyncState::kPulledMax; ++i) {
    many.push_back(From(ConversationId(static_cast<std::int64_t>(i) + 1), 0));
  }
  EXPECT_EQ(sync.Start(1, many).error(), SyncStartError::kTooMany);
  ASSERT_TRUE(sync.Start(1, {From(kRoom, 0)}));

  EXPECT_EQ(sync.Start(2, {From(kOther, 0)}).error(), SyncStartError::kBusy);
}

TEST(SyncStateTest, AfterAFailureTheConversationsStayStopped) {
  SyncState sync;
  ASSERT_TRUE(sync.Start(5, {From(kRoom, 0)}));
  sync.ReadStarted();

  EXPECT_EQ(sync.Abort(), 5u);

  EXPECT_FALSE(sync.running());
  EXPECT_FALSE(sync.reading());
  EXPECT_TRUE(sync.Intercepts(Body(kRoom, 1)));
}

}  // namespace
}  // namespace chat
