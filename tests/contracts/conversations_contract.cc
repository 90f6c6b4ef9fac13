// The contract of the port Conversations.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/ports/bus.h"
#include "server/ports/conversations.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {

Result<OpenedConversation, OpenConversationError> ConversationsContract::Open(UserId opener,
                                                                              UserId peer) {
  return Await<OpenedConversation, OpenConversationError>(
      [&](auto done) { store().conversations().OpenDirect(opener, peer, std::move(done)); });
}

Result<ConversationView, ViewError> ConversationsContract::Find(UserId viewer,
                                                                ConversationId conversation) {
  return Await<ConversationView, ViewError>(
      [&](auto done) { store().conversations().Find(viewer, conversation, std::move(done)); });
}

std::vector<ConversationView> ConversationsContract::List(ConversationPageRequest page) {
  const auto views = Await<std::vector<ConversationView>, ReadError>(
      [&](auto done) { store().conversations().List(page, std::move(done)); });
  EXPECT_TRUE(views.has_value());
  return views ? *views : std::vector<ConversationView>();
}

namespace {

std::vector<ConversationId> IdsOf(const std::vector<ConversationView>& views) {
  std::vector<ConversationId> ids;
  for (const ConversationView& view : views) ids.push_back(view.conversation.conversation_id);
  return ids;
}

ConversationCursor CursorAfter(const ConversationView& view) {
  return {.last_activity_at = view.last_activity_at,
          .conversation_id = view.conversation.conversation_id};
}

TEST_P(ConversationsContract, OpensADirectConversationThatBothHave) {
  const auto users = AddUsers(2);
  MakeContacts(users[0], users[1]);
  bus().Clear();

  const auto opened = Open(users[0], users[1]);

  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(opened->created);
  const Conversation& conversation = opened->view.conversation;
  EXPECT_EQ(conversation.kind, ConversationKind::kDirect);
  EXPECT_EQ(conversation.name, "");
  EXPECT_EQ(conversation.members_count, 2);
  EXPECT_EQ(conversation.last_seq, Seq());
  EXPECT_EQ(conversation.created_at, clock().Now());
  EXPECT_EQ(opened->view.last_activity_at, clock().Now());
  EXPECT_EQ(opened->view.my_role, Role::kMember);
  EXPECT_FALSE(opened->view.last_message.has_value());
  ASSERT_TRUE(opened->view.peer.has_value());
  EXPECT_EQ(opened->view.peer->user_id, users[1]);

  const auto other_view = Find(users[1], conversation.conversation_id);
  ASSERT_TRUE(other_view.has_value());
  ASSERT_TRUE(other_view->peer.has_value());
  EXPECT_EQ(other_view->peer->user_id, users[0]);
}

TEST_P(ConversationsContract, TellsBothThatTheyGainedIt) {
  const auto users = AddUsers(2);
  MakeContacts(users[0], users[1]);
  bus().Clear();

  const auto opened = Open(users[0], users[1]);

  ASSERT_TRUE(opened.has_value());
  const auto changes = bus().user_changes();
  ASSERT_EQ(changes.size(), 2u);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(changes[i].user_id, users[i]);
    EXPECT_EQ(changes[i].change, Change(3)) << "after the request and the acceptance";
    const auto* gained = std::get_if<ConversationChanged>(&changes[i].what);
    ASSERT_NE(gained, nullptr);
    EXPECT_EQ(gained->event, ConversationEvent::kGained);
    EXPECT_EQ(gained->conversation.conversation_id, opened->view.conversation.conversation_id);
    ASSERT_TRUE(gained->peer.has_value());
    EXPECT_EQ(gained->peer->user_id, users[1 - i]);
  }
}

TEST_P(ConversationsContract, OpensTheSameOneAgainAndTellsNobody) {
  const auto users = AddUsers(2);
  const ConversationId first = AddDirect(users[0], users[1]);
  store().Restart();
  bus().Clear();

  const auto again = Open(users[1], users[0]);

  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(again->created);
  EXPECT_EQ(again->view.conversation.conversation_id, first);
  EXPECT_TRUE(bus().user_changes().empty());
}

TEST_P(ConversationsContract, MakesOneWhenBothOpenItAtOnce) {
  const auto users = AddUsers(2);
  MakeContacts(users[0], users[1]);

  const auto answers =
      AwaitAll<OpenedConversation, OpenConversationError>(10, [&](int i, auto done) {
        store().conversations().OpenDirect(users[i % 2], users[(i + 1) % 2], std::move(done));
      });

  int created = 0;
  for (const auto& opened : answers) {
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->view.conversation.conversation_id,
              answers[0]->view.conversation.conversation_id);
    created += opened->created ? 1 : 0;
  }
  EXPECT_EQ(created, 1);
  EXPECT_EQ(List({.viewer = users[0], .after = {}, .limit = 10}).size(), 1u);
}

TEST_P(ConversationsContract, OpensNoneBetweenWhoAreNotContacts) {
  const auto users = AddUsers(3);
  const auto request = Await<Contact, ContactError>(
      [&](auto done) { store().contacts().Request(users[0], users[1], std::move(done)); });
  ASSERT_TRUE(request.has_value());

  EXPECT_EQ(ErrorOf(Open(users[0], users[1])), OpenConversationError::kNotContacts);
  EXPECT_EQ(ErrorOf(Open(users[1], users[0])), OpenConversationError::kNotContacts);
  EXPECT_EQ(ErrorOf(Open(users[0], users[2])), OpenConversationError::kNotContacts);
  EXPECT_EQ(ErrorOf(Open(users[0], UserId(42))), OpenConversationError::kNotContacts);
  EXPECT_EQ(ErrorOf(Open(users[0], users[0])), OpenConversationError::kNotContacts);
}

TEST_P(ConversationsContract, HidesConversationsFromOthersThanTheirMembers) {
  const auto users = AddUsers(3);
  const ConversationId conversation = AddDirect(users[0], users[1]);

  EXPECT_EQ(ErrorOf(Find(users[2], conversation)), ViewError::kNotFound);
  EXPECT_EQ(ErrorOf(Find(users[0], ConversationId(42))), ViewError::kNotFound);
  EXPECT_TRUE(List({.viewer = users[2], .after = {}, .limit = 10}).empty());
}

TEST_P(ConversationsContract, CountsTextsOfOthersAfterTheReadMark) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  Send(conversation, users[0], "one");
  Send(conversation, users[0], "two");

  const auto sender = Find(users[0], conversation);
  const auto recipient = Find(users[1], conversation);
  ASSERT_TRUE(sender.has_value() && recipient.has_value());
  EXPECT_EQ(sender->unread_count, 0);
  EXPECT_EQ(sender->my_read_seq, Seq(2));
  EXPECT_EQ(recipient->unread_count, 2);
  EXPECT_EQ(recipient->my_read_seq, Seq());
  ASSERT_TRUE(recipient->last_message.has_value());
  EXPECT_EQ(recipient->last_message->text, "two");

  Send(conversation, users[1], "three");
  const auto replied = Find(users[1], conversation);
  ASSERT_TRUE(replied.has_value());
  EXPECT_EQ(replied->unread_count, 0) << "sending reads";
  EXPECT_EQ(replied->my_read_seq, Seq(3));
}

TEST_P(ConversationsContract, CountsUnreadTextsToTheirLimit) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);

  const int count = static_cast<int>(kUnreadCountMax) + 5;
  AwaitAll<Appended, AppendError>(count, [&](int i, auto done) {
    store().messages().Append({.conversation_id = conversation,
                               .sender_id = users[0],
                               .client_msg_id = std::to_string(i),
                               .text = "spam",
                               .reply_to_seq = {},
                               .origin = {}},
                              std::move(done));
  });

  const auto view = Find(users[1], conversation);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->conversation.last_seq, Seq(count));
  EXPECT_EQ(view->unread_count, static_cast<int>(kUnreadCountMax));
}

TEST_P(ConversationsContract, ListsNewestActivityFirstInPages) {
  const auto users = AddUsers(6);
  std::vector<ConversationId> conversations;
  for (int i = 1; i < 6; ++i) {
    clock().Advance(std::chrono::seconds(1));
    conversations.push_back(AddDirect(users[0], users[i]));
  }
  clock().Advance(std::chrono::seconds(1));
  Send(conversations[1], users[0], "hello");

  const auto first = List({.viewer = users[0], .after = {}, .limit = 2});
  ASSERT_EQ(first.size(), 2u);
  const auto rest = List({.viewer = users[0], .after = CursorAfter(first[1]), .limit = 10});

  EXPECT_EQ(IdsOf(first), (std::vector{conversations[1], conversations[4]}));
  EXPECT_EQ(IdsOf(rest), (std::vector{conversations[3], conversations[2], conversations[0]}));
  EXPECT_EQ(first[0].last_activity_at, clock().Now());
}

TEST_P(ConversationsContract, PagesThroughConversationsOfTheSameMoment) {
  const auto users = AddUsers(5);
  for (int i = 1; i < 5; ++i) AddDirect(users[0], users[i]);

  std::vector<ConversationId> seen;
  std::optional<ConversationCursor> after;
  for (int page = 0; page < 4; ++page) {
    const auto views = List({.viewer = users[0], .after = after, .limit = 1});
    ASSERT_EQ(views.size(), 1u);
    seen.push_back(views[0].conversation.conversation_id);
    after = CursorAfter(views[0]);
  }

  EXPECT_EQ(seen, IdsOf(List({.viewer = users[0], .after = {}, .limit = 10})));
  EXPECT_TRUE(List({.viewer = users[0], .after = after, .limit = 1}).empty());
}

TEST_P(ConversationsContract, ListsMembersAscending) {
  const auto users = AddUsers(3);
  const ConversationId group = AddGroup({users[2], users[0], users[1]});

  const auto list = Await<MemberList, ViewError>(
      [&](auto done) { store().conversations().ListMembers(group, Seq(), std::move(done)); });
  const auto absent = Await<MemberList, ViewError>([&](auto done) {
    store().conversations().ListMembers(ConversationId(42), Seq(), std::move(done));
  });

  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->members, users);
  EXPECT_EQ(ErrorOf(absent), ViewError::kNotFound);
}

TEST_P(ConversationsContract, ForgetsWhoWasRemoved) {
  const auto users = AddUsers(2);
  const ConversationId group = AddGroup(users);

  RemoveMember(group, users[1]);

  EXPECT_EQ(ErrorOf(Find(users[1], group)), ViewError::kNotFound);
  EXPECT_TRUE(List({.viewer = users[1], .after = {}, .limit = 10}).empty());
  const auto list = Await<MemberList, ViewError>(
      [&](auto done) { store().conversations().ListMembers(group, Seq(), std::move(done)); });
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->members, std::vector{users[0]});
  const auto view = Find(users[0], group);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->conversation.kind, ConversationKind::kGroup);
  EXPECT_EQ(view->conversation.members_count, 1);
  EXPECT_FALSE(view->peer.has_value());
}

}  // namespace
}  // namespace chat::contracts
