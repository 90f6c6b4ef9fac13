// The contract of the port Blocks, and of what the other ports do about a block.
#include "tests/contracts/blocks_contract.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/bus.h"
#include "server/ports/contacts.h"
#include "server/ports/messages.h"
#include "server/ports/presence_records.h"

namespace chat::contracts {

Result<void, BlockError> BlocksContract::Block(UserId blocker, UserId blocked) {
  return Await<void, BlockError>(
      [&](auto done) { store().blocks().Block(blocker, blocked, std::move(done)); });
}

Result<void, BlockError> BlocksContract::Unblock(UserId blocker, UserId blocked) {
  return Await<void, BlockError>(
      [&](auto done) { store().blocks().Unblock(blocker, blocked, std::move(done)); });
}

std::vector<UserId> BlocksContract::ListBlocked(UserId blocker, UserId after, int limit) {
  const auto users = Await<std::vector<User>, ReadError>([&](auto done) {
    store().blocks().List({.blocker = blocker, .after = after, .limit = limit}, std::move(done));
  });
  EXPECT_TRUE(users.has_value());
  std::vector<UserId> ids;
  for (const User& user : users.value_or(std::vector<User>())) ids.push_back(user.user_id);
  return ids;
}

namespace {

NewMessage Text(ConversationId conversation, UserId sender, const std::string& text) {
  return {.conversation_id = conversation,
          .sender_id = sender,
          .client_msg_id = text,
          .text = text,
          .reply_to_seq = {},
          .origin = {}};
}

TEST_P(BlocksContract, ListsWhomAUserBlocksInPages) {
  const auto users = AddUsers(4);
  for (int i = 3; i > 0; --i) ASSERT_TRUE(Block(users[0], users[i]).has_value());

  EXPECT_EQ(ListBlocked(users[0]), (std::vector{users[1], users[2], users[3]}));
  EXPECT_EQ(ListBlocked(users[0], users[1], 1), std::vector{users[2]});
  EXPECT_TRUE(ListBlocked(users[1]).empty());
}

TEST_P(BlocksContract, TellsOnlyTheBlockerOfABlockAndOnce) {
  const auto users = AddUsers(2);
  bus().Clear();

  ASSERT_TRUE(Block(users[0], users[1]).has_value());
  ASSERT_TRUE(Block(users[0], users[1]).has_value());
  ASSERT_TRUE(Unblock(users[0], users[1]).has_value());
  ASSERT_TRUE(Unblock(users[0], users[1]).has_value());

  ASSERT_EQ(bus().user_changes().size(), 2u);
  std::vector<BlockEvent> events;
  for (const UserChange& change : bus().user_changes()) {
    EXPECT_EQ(change.user_id, users[0]);
    ASSERT_TRUE(std::holds_alternative<BlockChanged>(change.what));
    EXPECT_EQ(std::get<BlockChanged>(change.what).other, users[1]);
    events.push_back(std::get<BlockChanged>(change.what).event);
  }
  EXPECT_EQ(events, (std::vector{BlockEvent::kBlocked, BlockEvent::kUnblocked}));
}

TEST_P(BlocksContract, EndsTheContactAndTellsBoth) {
  const auto users = AddUsers(2);
  MakeContacts(users[0], users[1]);
  bus().Clear();

  ASSERT_TRUE(Block(users[0], users[1]).has_value());

  std::vector<UserId> told;
  for (const UserChange& change : bus().user_changes()) {
    const auto* contact = std::get_if<ContactChanged>(&change.what);
    if (contact == nullptr) continue;
    EXPECT_EQ(contact->event, ContactEvent::kRemoved);
    told.push_back(change.user_id);
  }
  EXPECT_EQ(told, (std::vector{users[0], users[1]}));
  const auto removed = Await<void, ContactError>(
      [&](auto done) { store().contacts().Remove(users[0], users[1], std::move(done)); });
  EXPECT_EQ(ErrorOf(removed), ContactError::kNotFound);
}

TEST_P(BlocksContract, RefusesWhoIsNobodyOrOneself) {
  const auto users = AddUsers(1);

  EXPECT_EQ(ErrorOf(Block(users[0], UserId(42))), BlockError::kNotFound);
  EXPECT_EQ(ErrorOf(Unblock(users[0], UserId(42))), BlockError::kNotFound);
  EXPECT_EQ(ErrorOf(Block(users[0], users[0])), BlockError::kCannotBlockSelf);
}

TEST_P(BlocksContract, HidesEachFromTheOthersRequests) {
  const auto users = AddUsers(2);
  ASSERT_TRUE(Request(users[1], users[0]).has_value());
  ASSERT_TRUE(Block(users[0], users[1]).has_value());

  EXPECT_EQ(ErrorOf(Request(users[0], users[1])), ContactError::kNotFound);
  EXPECT_EQ(ErrorOf(Request(users[1], users[0])), ContactError::kNotFound);

  ASSERT_TRUE(Unblock(users[0], users[1]).has_value());
  EXPECT_EQ(Request(users[0], users[1])->state, ContactState::kRequested) << "they begin anew";
}

TEST_P(BlocksContract, ClosesTheirDirectConversationToBoth) {
  const auto users = AddUsers(2);
  const ConversationId direct = AddDirect(users[0], users[1]);
  const auto stored = Append(Text(direct, users[1], "before"));
  ASSERT_TRUE(stored.has_value());
  ASSERT_TRUE(Block(users[0], users[1]).has_value());

  EXPECT_EQ(ErrorOf(Append(Text(direct, users[0], "to the blocked"))), AppendError::kClosed);
  EXPECT_EQ(ErrorOf(Append(Text(direct, users[1], "to the blocker"))), AppendError::kClosed);
  const auto retry = Append(Text(direct, users[1], "before"));
  ASSERT_TRUE(retry.has_value()) << "its ack may have been lost";
  EXPECT_EQ(retry->seq, stored->seq);

  ASSERT_TRUE(Unblock(users[0], users[1]).has_value());
  EXPECT_EQ(Append(Text(direct, users[1], "to the blocker"))->seq, stored->seq.Next());
}

TEST_P(BlocksContract, KeepsAConversationClosedUntilNeitherBlocks) {
  const auto users = AddUsers(2);
  const ConversationId direct = AddDirect(users[0], users[1]);
  ASSERT_TRUE(Block(users[0], users[1]).has_value());
  ASSERT_TRUE(Block(users[1], users[0]).has_value());

  ASSERT_TRUE(Unblock(users[0], users[1]).has_value());
  EXPECT_EQ(ErrorOf(Append(Text(direct, users[0], "still blocked"))), AppendError::kClosed);

  ASSERT_TRUE(Unblock(users[1], users[0]).has_value());
  EXPECT_TRUE(Append(Text(direct, users[0], "no more")).has_value());
}

TEST_P(BlocksContract, StillDeliversWhatEitherSaysInAGroup) {
  const auto users = AddUsers(2);
  const ConversationId group = AddGroup(users);
  ASSERT_TRUE(Block(users[0], users[1]).has_value());

  EXPECT_TRUE(Append(Text(group, users[0], "to all")).has_value());
  EXPECT_TRUE(Append(Text(group, users[1], "to all")).has_value());
}

TEST_P(BlocksContract, HidesThePresenceOfEachFromTheOther) {
  const auto users = AddUsers(3);
  AddGroup(users);
  ASSERT_TRUE(Block(users[0], users[1]).has_value());

  for (const auto& [viewer, other] :
       {std::pair(users[0], users[1]), std::pair(users[1], users[0])}) {
    const auto visible = Await<std::vector<LastSeen>, ReadError>([&](auto done) {
      store().presence_records().FindVisible(viewer, {other, users[2]}, std::move(done));
    });
    ASSERT_EQ(visible->size(), 1u);
    EXPECT_EQ(visible->front().user_id, users[2]);
  }
}

// Whatever comes first, no message is stored after the block was answered.
TEST_P(BlocksContract, StoresNothingAfterABlockThatSendsRaceWith) {
  const auto users = AddUsers(2);
  const ConversationId direct = AddDirect(users[0], users[1]);
  std::optional<Result<void, BlockError>> blocked;

  const auto answers = AwaitAll<Appended, AppendError>(40, [&](int i, auto done) {
    if (i == 20) {
      store().blocks().Block(users[0], users[1], [&](auto answer) { blocked = answer; });
    }
    store().messages().Append(Text(direct, users[i % 2], std::to_string(i)), std::move(done));
  });

  ASSERT_TRUE(executor().RunUntil([&] { return blocked.has_value(); }));
  EXPECT_EQ(ErrorOf(Append(Text(direct, users[0], "after"))), AppendError::kClosed);
  for (const auto& answer : answers) {
    EXPECT_TRUE(answer.has_value() || answer.error() == AppendError::kClosed);
  }
}

}  // namespace
}  // namespace chat::contracts
