// The contract of the port Updates.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/ports/blocks.h"
#include "server/ports/groups.h"
#include "server/ports/marks.h"
#include "server/ports/updates.h"
#include "tests/contracts/marks_contract.h"

namespace chat::contracts {

UpdatePage UpdatesContract::ReadPage(UserId viewer, const UpdatePoint& after, int limit) {
  const UpdateRequest request{
      .viewer = viewer, .after = after, .limit = limit, .bytes_max = kPageBytesMax};
  const auto page = Await<UpdatePage, ReadError>(
      [&](auto done) { store().updates().ReadPage(request, std::move(done)); });
  EXPECT_TRUE(page.has_value());
  return page ? *page : UpdatePage();
}

UpdatePage UpdatesContract::ReadAll(UserId viewer, const UpdatePoint& after, int limit) {
  UpdatePage all;
  all.next = after;
  for (int pages = 0; pages < 1000; ++pages) {
    UpdatePage page = ReadPage(viewer, all.next, limit);
    const auto append = [](auto& to, const auto& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    append(all.contacts, page.contacts);
    append(all.blocks, page.blocks);
    append(all.conversations, page.conversations);
    append(all.lost, page.lost);
    append(all.heads, page.heads);
    all.next = page.next;
    if (!page.more) return all;
  }
  ADD_FAILURE() << "there is always more";
  return all;
}

void UpdatesContract::ReadUpTo(UserId reader, ConversationId conversation, Seq seq) {
  const Mark mark{
      .conversation_id = conversation, .user_id = reader, .delivered_seq = {}, .read_seq = seq};
  const auto moved = Await<std::vector<MarksMoved>, ReadError>(
      [&](auto done) { store().marks().Advance({mark}, std::move(done)); });
  EXPECT_TRUE(moved.has_value());
}

namespace {

constexpr int kPlenty = 200;

const ConversationHead* HeadOf(const UpdatePage& page, ConversationId conversation) {
  const auto at = std::ranges::find(page.heads, conversation, &ConversationHead::conversation_id);
  return at == page.heads.end() ? nullptr : &*at;
}

TEST_P(UpdatesContract, TellsEverythingToWhoKnowsNothing) {
  const auto users = AddUsers(3);
  const ConversationId chat = AddDirect(users[0], users[1]);
  MakeContacts(users[0], users[2]);
  Send(chat, users[1], "one");

  const UpdatePage page = ReadAll(users[0], {}, kPlenty);

  ASSERT_EQ(page.contacts.size(), 2u);
  EXPECT_EQ(page.contacts[0].user.user_id, users[1]);
  ASSERT_EQ(page.conversations.size(), 1u);
  EXPECT_EQ(page.conversations[0].conversation.conversation_id, chat);
  EXPECT_EQ(page.conversations[0].unread_count, 1);
  ASSERT_NE(HeadOf(page, chat), nullptr);
  EXPECT_EQ(HeadOf(page, chat)->last_seq, Seq(1));
  EXPECT_TRUE(page.lost.empty());
  EXPECT_TRUE(page.blocks.empty());
}

TEST_P(UpdatesContract, TellsNothingWhenNothingHappened) {
  const auto users = AddUsers(2);
  const ConversationId chat = AddDirect(users[0], users[1]);
  Send(chat, users[0], "one");
  const UpdatePoint known = ReadAll(users[1], {}, kPlenty).next;

  const UpdatePage page = ReadAll(users[1], known, kPlenty);

  EXPECT_TRUE(page.contacts.empty());
  EXPECT_TRUE(page.conversations.empty());
  EXPECT_TRUE(page.lost.empty());
  EXPECT_TRUE(page.heads.empty());
}

TEST_P(UpdatesContract, TellsTheHeadOfAConversationThatMoved) {
  const auto users = AddUsers(3);
  const ConversationId chat = AddDirect(users[0], users[1]);
  const UpdatePoint known = ReadAll(users[1], {}, kPlenty).next;
  const UpdatePoint strangers = ReadAll(users[2], {}, kPlenty).next;

  Send(chat, users[0], "one");
  Send(chat, users[0], "two");

  const UpdatePage page = ReadAll(users[1], known, kPlenty);
  ASSERT_EQ(page.heads.size(), 1u);
  EXPECT_EQ(page.heads[0].conversation_id, chat);
  EXPECT_EQ(page.heads[0].last_seq, Seq(2));
  EXPECT_EQ(page.heads[0].my_read_seq, Seq());
  EXPECT_EQ(page.heads[0].unread_count, 2);
  EXPECT_TRUE(page.conversations.empty());
  EXPECT_TRUE(ReadAll(users[1], page.next, kPlenty).heads.empty()) << "it is known now";
  EXPECT_TRUE(ReadAll(users[2], strangers, kPlenty).heads.empty());
}

TEST_P(UpdatesContract, TellsWhatWasReadOnAnotherDevice) {
  const auto users = AddUsers(2);
  const ConversationId chat = AddDirect(users[0], users[1]);
  Send(chat, users[0], "one");
  Send(chat, users[0], "two");
  const UpdatePoint known = ReadAll(users[1], {}, kPlenty).next;
  const UpdatePoint others = ReadAll(users[0], {}, kPlenty).next;

  ReadUpTo(users[1], chat, Seq(1));
  ReadUpTo(users[1], chat, Seq(2));

  const UpdatePage page = ReadAll(users[1], known, kPlenty);
  ASSERT_EQ(page.heads.size(), 1u);
  EXPECT_EQ(page.heads[0].my_read_seq, Seq(2));
  EXPECT_EQ(page.heads[0].unread_count, 0);
  EXPECT_TRUE(ReadAll(users[0], others, kPlenty).heads.empty()) << "it is no change of theirs";
}

TEST_P(UpdatesContract, TellsWhatWasGainedAndLost) {
  const auto users = AddUsers(3);
  MakeContacts(users[0], users[1]);
  const UpdatePoint known = ReadAll(users[0], {}, kPlenty).next;

  const ConversationId chat = AddDirect(users[0], users[2]);
  const auto removed = Await<void, ContactError>(
      [&](auto done) { store().contacts().Remove(users[1], users[0], std::move(done)); });
  ASSERT_TRUE(removed.has_value());

  const UpdatePage page = ReadAll(users[0], known, kPlenty);
  ASSERT_EQ(page.contacts.size(), 1u);
  EXPECT_EQ(page.contacts[0].user.user_id, users[2]);
  ASSERT_EQ(page.conversations.size(), 1u);
  EXPECT_EQ(page.conversations[0].conversation.conversation_id, chat);
  ASSERT_EQ(page.lost.size(), 1u);
  EXPECT_EQ(page.lost[0].kind, LostThing::Kind::kContact);
  EXPECT_EQ(page.lost[0].user_id, users[1]);
}

TEST_P(UpdatesContract, TellsWhomOneBlocksAndNoLonger) {
  const auto users = AddUsers(2);
  const UpdatePoint known = ReadAll(users[0], {}, kPlenty).next;
  const auto done = [](const Result<void, BlockError>& answer) { return answer.has_value(); };

  ASSERT_TRUE(done(Await<void, BlockError>(
      [&](auto on) { store().blocks().Block(users[0], users[1], std::move(on)); })));
  const UpdatePage blocked = ReadAll(users[0], known, kPlenty);
  ASSERT_TRUE(done(Await<void, BlockError>(
      [&](auto on) { store().blocks().Unblock(users[0], users[1], std::move(on)); })));
  const UpdatePage unblocked = ReadAll(users[0], blocked.next, kPlenty);

  ASSERT_EQ(blocked.blocks.size(), 1u);
  EXPECT_EQ(blocked.blocks[0].user_id, users[1]);
  EXPECT_TRUE(unblocked.blocks.empty());
  ASSERT_EQ(unblocked.lost.size(), 1u);
  EXPECT_EQ(unblocked.lost[0].kind, LostThing::Kind::kBlock);
  EXPECT_EQ(unblocked.lost[0].user_id, users[1]);
}

TEST_P(UpdatesContract, TellsWhoWasRemovedThatTheGroupIsLost) {
  const auto users = AddUsers(2);
  MakeContacts(users[0], users[1]);
  const auto group = Await<ConversationView, GroupError>([&](auto done) {
    store().groups().Create({.creator = users[0], .name = "us", .member_ids = {users[1]}},
                            std::move(done));
  });
  ASSERT_TRUE(group.has_value());
  const ConversationId id = group->conversation.conversation_id;
  const UpdatePage everything = ReadAll(users[1], {}, kPlenty);
  ASSERT_EQ(everything.conversations.size(), 1u);

  const auto removed = Await<void, GroupError>([&](auto done) {
    store().groups().Remove({.actor = users[0], .conversation_id = id}, users[1], std::move(done));
  });
  ASSERT_TRUE(removed.has_value());

  const UpdatePage page = ReadAll(users[1], everything.next, kPlenty);
  ASSERT_EQ(page.lost.size(), 1u);
  EXPECT_EQ(page.lost[0].kind, LostThing::Kind::kConversation);
  EXPECT_EQ(page.lost[0].conversation_id, id);
  EXPECT_EQ(HeadOf(page, id), nullptr);
}

TEST_P(UpdatesContract, TellsAConversationThatItsMemberArchived) {
  const auto users = AddUsers(2);
  const ConversationId chat = AddDirect(users[0], users[1]);
  const UpdatePoint known = ReadAll(users[0], {}, kPlenty).next;
  const auto set = Await<ConversationView, ViewError>([&](auto done) {
    store().marks().Set({users[0], chat, std::nullopt, true}, std::move(done));
  });
  ASSERT_TRUE(set.has_value());

  const UpdatePage page = ReadAll(users[0], known, kPlenty);

  ASSERT_EQ(page.conversations.size(), 1u);
  EXPECT_TRUE(page.conversations[0].archived);
}

TEST_P(UpdatesContract, AConversationThatOneLeftIsNoLongerTold) {
  const auto users = AddUsers(3);
  const ConversationId group = AddGroup(users);
  const UpdatePoint known = ReadAll(users[2], {}, kPlenty).next;
  RemoveMember(group, users[2]);
  Send(group, users[0], "not for them");

  EXPECT_EQ(HeadOf(ReadAll(users[2], known, kPlenty), group), nullptr);
  EXPECT_TRUE(ReadAll(users[2], {}, kPlenty).conversations.empty());
}

TEST_P(UpdatesContract, SmallPagesTellTheSame) {
  constexpr int kOthers = 7;
  const auto users = AddUsers(kOthers + 1);
  std::vector<ConversationId> chats;
  for (int i = 1; i <= kOthers; ++i) chats.push_back(AddDirect(users[0], users[i]));

  const UpdatePage all = ReadAll(users[0], {}, 2);
  EXPECT_EQ(all.contacts.size(), chats.size());
  EXPECT_EQ(all.conversations.size(), chats.size());

  for (std::size_t i = 0; i < chats.size(); ++i) Send(chats[i], users[i + 1], "hello");
  const UpdatePage moved = ReadAll(users[0], all.next, 2);
  for (const ConversationId chat : chats) {
    ASSERT_NE(HeadOf(moved, chat), nullptr);
    EXPECT_EQ(HeadOf(moved, chat)->unread_count, 1);
  }

  for (const ConversationId chat : chats) ReadUpTo(users[0], chat, Seq(1));
  const UpdatePage read = ReadAll(users[0], moved.next, 2);
  EXPECT_EQ(read.heads.size(), chats.size()) << "one change each";
}

TEST_P(UpdatesContract, WhatHappensBetweenTwoPagesIsNotMissed) {
  const auto users = AddUsers(4);
  const ConversationId first = AddDirect(users[0], users[1]);
  const ConversationId second = AddDirect(users[0], users[2]);
  const UpdatePage begun = ReadPage(users[0], {}, 1);
  ASSERT_TRUE(begun.more);

  Send(first, users[1], "meanwhile");
  const ConversationId third = AddDirect(users[0], users[3]);
  const UpdatePage rest = ReadAll(users[0], begun.next, 1);
  Send(second, users[2], "later");
  const UpdatePage last = ReadAll(users[0], rest.next, 1);

  std::set<ConversationId> told;
  for (const UpdatePage* page : {&begun, &rest, &last}) {
    for (const ConversationView& view : page->conversations) {
      told.insert(view.conversation.conversation_id);
    }
  }
  EXPECT_EQ(told, (std::set{first, second, third}));
  ASSERT_NE(HeadOf(rest, first), nullptr);
  EXPECT_EQ(HeadOf(rest, first)->last_seq, Seq(1));
  ASSERT_NE(HeadOf(last, second), nullptr);
  EXPECT_EQ(HeadOf(last, second)->last_seq, Seq(1));
  EXPECT_TRUE(ReadAll(users[0], last.next, 1).contacts.empty());
}

}  // namespace
}  // namespace chat::contracts
