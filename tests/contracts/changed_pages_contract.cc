// The contract of what pages show of changes.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/ids.h"
#include "tests/contracts/message_changes_contract.h"

namespace chat::contracts {
namespace {

using Words = std::vector<std::string>;
using Reactions = std::vector<Reaction>;

// "1@5" is entry 1 as change 5 left it.
std::vector<std::string> Shown(const std::vector<Entry>& entries) {
  std::vector<std::string> shown;
  for (const Entry& entry : entries) {
    shown.push_back(entry.seq.ToString() + '@' + entry.change.ToString());
  }
  return shown;
}

TEST_P(MessageChangesContract, APageBringsWhatChangedAfterItsCursorEachOnce) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  for (int i = 1; i <= 5; ++i) Send(conversation_, users[0], std::to_string(i));
  ASSERT_TRUE(Edit(users[0], Seq(2), "two").has_value());  // 1
  ASSERT_TRUE(React(users[1], Seq(1), "+1").has_value());  // 2
  ASSERT_TRUE(React(users[1], Seq(2), "+1").has_value());  // 3
  ASSERT_TRUE(Delete(users[0], Seq(5)).has_value());       // 4

  const EntryPage page = SeeChanged(users[1], Seq(4), Change());

  EXPECT_EQ(Shown(page.changed), (Words{"1@2", "2@3"}));
  EXPECT_EQ(page.changed[1].text, "two");
  EXPECT_EQ(page.changed[1].reactions, (Reactions{{"+1", 1, true}}));
  EXPECT_EQ(Shown(page.entries), Words{"5@4"}) << "what is new comes as it has become";
  EXPECT_EQ(page.head_change, Change(4));
  EXPECT_EQ(page.next_after_change, Change(4));
  EXPECT_EQ(Shown(SeeChanged(users[1], Seq(4), Change(2)).changed), Words{"2@3"});
  EXPECT_EQ(Shown(SeeChanged(users[1], Seq(5), Change(9)).changed), Words{});
}

TEST_P(MessageChangesContract, ManyChangesAreReadPageByPage) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  for (int i = 1; i <= 5; ++i) Send(conversation_, users[0], std::to_string(i));
  for (const int i : {3, 1, 5, 2, 4}) ASSERT_TRUE(React(users[0], Seq(i), "+1").has_value());

  const EntryPage first = SeeChanged(users[0], Seq(5), Change(), 2);
  const EntryPage second = SeeChanged(users[0], Seq(5), first.next_after_change, 2);
  const EntryPage third = SeeChanged(users[0], Seq(5), second.next_after_change, 2);

  EXPECT_EQ(Shown(first.changed), (Words{"3@1", "1@2"}));
  EXPECT_EQ(first.next_after_change, Change(2));
  EXPECT_EQ(Shown(second.changed), (Words{"5@3", "2@4"}));
  EXPECT_EQ(Shown(third.changed), Words{"4@5"});
  EXPECT_EQ(third.next_after_change, third.head_change);
}

TEST_P(MessageChangesContract, DeletedTextsAreNotUnread) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  for (int i = 1; i <= 3; ++i) Send(conversation_, users[0], std::to_string(i));
  ASSERT_TRUE(Delete(users[0], Seq(2)).has_value());

  const auto view = Await<ConversationView, ViewError>(
      [&](auto done) { store().conversations().Find(users[1], conversation_, std::move(done)); });

  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->unread_count, 2);
  EXPECT_EQ(view->conversation.last_change, Change(1));
}

}  // namespace
}  // namespace chat::contracts
