// The contract of the port Marks.
#include "tests/contracts/marks_contract.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/ports/blocks.h"
#include "server/ports/bus.h"
#include "server/ports/marks.h"

namespace chat::contracts {

std::vector<MarksMoved> MarksContract::Advance(std::vector<Mark> marks) {
  const auto moved = Await<std::vector<MarksMoved>, ReadError>(
      [&](auto done) { store().marks().Advance(marks, std::move(done)); });
  EXPECT_TRUE(moved.has_value());
  return moved ? *moved : std::vector<MarksMoved>();
}

std::vector<UserId> MarksContract::FindListeners(UserId user, ConversationId conversation) {
  const auto listeners = Await<std::vector<UserId>, ReadError>(
      [&](auto done) { store().marks().FindListeners(user, conversation, std::move(done)); });
  EXPECT_TRUE(listeners.has_value());
  return listeners ? *listeners : std::vector<UserId>();
}

Result<std::vector<Reader>, ViewError> MarksContract::ListReaders(ReaderPageRequest page) {
  return Await<std::vector<Reader>, ViewError>(
      [&](auto done) { store().marks().ListReaders(page, std::move(done)); });
}

Result<ConversationView, ViewError> MarksContract::Set(MemberSettings settings) {
  return Await<ConversationView, ViewError>(
      [&](auto done) { store().marks().Set(settings, std::move(done)); });
}

ConversationView MarksContract::View(UserId viewer, ConversationId conversation) {
  const auto view = Await<ConversationView, ViewError>(
      [&](auto done) { store().conversations().Find(viewer, conversation, std::move(done)); });
  EXPECT_TRUE(view.has_value());
  return view ? *view : ConversationView();
}

namespace {

std::vector<UserId> IdsOf(const std::vector<Reader>& readers) {
  std::vector<UserId> ids;
  for (const Reader& reader : readers) ids.push_back(reader.user.user_id);
  return ids;
}

TEST_P(MarksContract, ReadingLowersTheUnreadCount) {
  const auto users = AddUsers(2);
  const ConversationId chat = AddDirect(users[0], users[1]);
  for (const char* text : {"one", "two", "three"}) Send(chat, users[0], text);
  ASSERT_EQ(View(users[1], chat).unread_count, 3);

  const auto moved = Advance({{chat, users[1], Seq(), Seq(2)}});

  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].conversation_id, chat);
  EXPECT_EQ(moved[0].user_id, users[1]);
  EXPECT_EQ(moved[0].read_seq, Seq(2));
  EXPECT_EQ(moved[0].delivered_seq, Seq(2)) << "what was read was delivered";
  EXPECT_EQ(moved[0].listeners, users);
  EXPECT_EQ(View(users[1], chat).my_read_seq, Seq(2));
  EXPECT_EQ(View(users[1], chat).unread_count, 1);
}

TEST_P(MarksContract, DeliveredDoesNotMeanRead) {
  const auto users = AddUsers(2);
  const ConversationId chat = AddDirect(users[0], users[1]);
  Send(chat, users[0], "one");

  const auto moved = Advance({{chat, users[1], Seq(1), Seq()}});

  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].delivered_seq, Seq(1));
  EXPECT_EQ(moved[0].read_seq, Seq());
  EXPECT_EQ(View(users[1], chat).unread_count, 1);
}

TEST_P(MarksContract, MarksNeverMoveBackAndNotBeyondTheHead) {
  const auto users = AddUsers(2);
  const ConversationId chat = AddDirect(users[0], users[1]);
  Send(chat, users[0], "one");
  Send(chat, users[0], "two");

  const auto beyond = Advance({{chat, users[1], Seq(900), Seq(1000)}});
  ASSERT_EQ(beyond.size(), 1u);
  EXPECT_EQ(beyond[0].read_seq, Seq(2));
  EXPECT_EQ(beyond[0].delivered_seq, Seq(2));

  EXPECT_TRUE(Advance({{chat, users[1], Seq(1), Seq(1)}}).empty());
  EXPECT_EQ(View(users[1], chat).my_read_seq, Seq(2));
}

TEST_P(MarksContract, SendingReads) {
  const auto users = AddUsers(2);
  const ConversationId chat = AddDirect(users[0], users[1]);
  Send(chat, users[0], "one");
  Send(chat, users[1], "two");

  EXPECT_EQ(View(users[1], chat).my_read_seq, Seq(2));
  EXPECT_EQ(View(users[1], chat).unread_count, 0);
}

TEST_P(MarksContract, WhoIsNoMemberMarksNothing) {
  const auto users = AddUsers(4);
  const ConversationId group = AddGroup({users[0], users[1], users[2]});
  Send(group, users[0], "one");
  RemoveMember(group, users[2]);

  EXPECT_TRUE(Advance({{group, users[2], Seq(1), Seq(1)},
                       {group, users[3], Seq(1), Seq(1)},
                       {ConversationId(5), users[1], Seq(1), Seq(1)}})
                  .empty());
}

TEST_P(MarksContract, ManyMarksAreMovedTogether) {
  const auto users = AddUsers(3);
  const ConversationId group = AddGroup(users);
  const ConversationId chat = AddDirect(users[1], users[2]);
  Send(group, users[0], "one");
  Send(chat, users[1], "one");

  const auto moved = Advance({{chat, users[2], Seq(1), Seq(1)},
                              {group, users[2], Seq(1), Seq(1)},
                              {group, users[1], Seq(1), Seq(1)},
                              {chat, users[0], Seq(1), Seq(1)}});

  ASSERT_EQ(moved.size(), 3u);
  EXPECT_EQ(View(users[1], group).unread_count, 0);
  EXPECT_EQ(View(users[2], group).unread_count, 0);
  EXPECT_EQ(View(users[2], chat).unread_count, 0);
}

TEST_P(MarksContract, NobodyIsToldInALargeConversation) {
  const auto users = AddUsers(static_cast<int>(kReceiptMembersMax) + 1);
  const ConversationId group = AddGroup(users);
  Send(group, users[0], "one");

  const auto moved = Advance({{group, users[1], Seq(1), Seq(1)}});

  ASSERT_EQ(moved.size(), 1u);
  EXPECT_TRUE(moved[0].listeners.empty());
  EXPECT_EQ(View(users[1], group).unread_count, 0);
  EXPECT_TRUE(FindListeners(users[1], group).empty());
}

TEST_P(MarksContract, MarksOutliveARestart) {
  const auto users = AddUsers(2);
  const ConversationId chat = AddDirect(users[0], users[1]);
  Send(chat, users[0], "one");
  Advance({{chat, users[1], Seq(), Seq(1)}});

  store().Restart();

  EXPECT_EQ(View(users[1], chat).my_read_seq, Seq(1));
}

TEST_P(MarksContract, OthersMayHearThatAMemberTypes) {
  const auto users = AddUsers(4);
  const ConversationId group = AddGroup({users[0], users[1], users[2]});
  EXPECT_EQ(FindListeners(users[1], group), (std::vector{users[0], users[2]}));

  RemoveMember(group, users[2]);

  EXPECT_EQ(FindListeners(users[1], group), std::vector{users[0]});
  EXPECT_TRUE(FindListeners(users[2], group).empty());
  EXPECT_TRUE(FindListeners(users[3], group).empty());
  EXPECT_TRUE(FindListeners(users[3], ConversationId(5)).empty());
}

TEST_P(MarksContract, ABlockEndsTypingBetweenTwoAndNotInAGroup) {
  const auto users = AddUsers(2);
  const ConversationId chat = AddDirect(users[0], users[1]);
  const ConversationId group = AddGroup(users);
  ASSERT_EQ(FindListeners(users[0], chat), std::vector{users[1]});

  const auto blocked = Await<void, BlockError>(
      [&](auto done) { store().blocks().Block(users[1], users[0], std::move(done)); });
  ASSERT_TRUE(blocked.has_value());

  EXPECT_TRUE(FindListeners(users[0], chat).empty());
  EXPECT_TRUE(FindListeners(users[1], chat).empty()) << "nor the other way";
  EXPECT_EQ(FindListeners(users[0], group), std::vector{users[1]});
}

TEST_P(MarksContract, ListsWhoHasReadAnEntryInPages) {
  const auto users = AddUsers(4);
  const ConversationId group = AddGroup(users);
  Send(group, users[0], "one");
  Send(group, users[0], "two");
  Advance({{group, users[1], Seq(), Seq(2)},
           {group, users[2], Seq(), Seq(1)},
           {group, users[3], Seq(2), Seq()}});

  ReaderPageRequest page{
      .viewer = users[3], .conversation_id = group, .seq = Seq(1), .after = {}, .limit = 1};
  const auto first = ListReaders(page);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(IdsOf(*first), std::vector{users[1]}) << "its sender is no reader of it";
  EXPECT_EQ(first->front().read_seq, Seq(2));
  page.after = users[1];
  const auto second = ListReaders(page);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(IdsOf(*second), std::vector{users[2]});

  const auto of_the_last = ListReaders(
      {.viewer = users[0], .conversation_id = group, .seq = Seq(2), .after = {}, .limit = 9});
  ASSERT_TRUE(of_the_last.has_value());
  EXPECT_EQ(IdsOf(*of_the_last), std::vector{users[1]});
}

TEST_P(MarksContract, ShowsReadersToMembersOnly) {
  const auto users = AddUsers(3);
  const ConversationId chat = AddDirect(users[0], users[1]);
  Send(chat, users[0], "one");
  const auto error = [&](UserId viewer, Seq seq) {
    return ErrorOf(ListReaders(
        {.viewer = viewer, .conversation_id = chat, .seq = seq, .after = {}, .limit = 9}));
  };
  EXPECT_EQ(error(users[1], Seq(1)), std::nullopt);
  EXPECT_EQ(error(users[1], Seq(2)), ViewError::kNotFound);
  EXPECT_EQ(error(users[2], Seq(1)), ViewError::kNotFound);
}

TEST_P(MarksContract, KeepsWhatAMemberSetsForThemselves) {
  const auto users = AddUsers(2);
  const ConversationId chat = AddDirect(users[0], users[1]);
  const UnixTime until = clock().Now() + std::chrono::hours(1);
  bus().Clear();

  const auto set = Set({users[0], chat, until, true});

  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(set->muted_until, until);
  EXPECT_TRUE(set->archived);
  EXPECT_EQ(View(users[0], chat).muted_until, until);
  EXPECT_TRUE(View(users[0], chat).archived);
  EXPECT_FALSE(View(users[1], chat).archived) << "it is the member's own";
  const auto changes = bus().user_changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].user_id, users[0]);
  const auto* changed = std::get_if<ConversationChanged>(&changes[0].what);
  ASSERT_NE(changed, nullptr);
  EXPECT_EQ(changed->event, ConversationEvent::kChanged);

  ASSERT_TRUE(Set({users[0], chat, std::nullopt, false}).has_value());
  EXPECT_FALSE(View(users[0], chat).muted_until.has_value());
  EXPECT_FALSE(View(users[0], chat).archived);
}

TEST_P(MarksContract, OnlyAMemberSetsAnything) {
  const auto users = AddUsers(3);
  const ConversationId chat = AddDirect(users[0], users[1]);
  bus().Clear();

  EXPECT_EQ(ErrorOf(Set({users[2], chat, std::nullopt, true})), ViewError::kNotFound);
  EXPECT_EQ(ErrorOf(Set({users[0], ConversationId(5), std::nullopt, true})), ViewError::kNotFound);
  EXPECT_TRUE(bus().user_changes().empty());
}

}  // namespace
}  // namespace chat::contracts
