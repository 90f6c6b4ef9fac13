#include "server/ports/group_entries.h"

#include <gtest/gtest.h>

#include <chrono>

namespace chat {
namespace {

constexpr UserId kAuthor(1);
constexpr UserId kSubject(2);

GroupEntries AfterSeven() {
  return GroupEntries({.conversation_id = ConversationId(9),
                       .last_seq = Seq(7),
                       .members_seq = Seq(5),
                       .author = kAuthor,
                       .now = UnixTime(std::chrono::milliseconds(3))});
}

TEST(GroupEntriesTest, NumbersFromWhereTheGroupStands) {
  GroupEntries entries = AfterSeven();

  EXPECT_EQ(entries.AddRenamed("them"), Seq(8));
  EXPECT_EQ(entries.AddMemberRemoved(kSubject), Seq(9));

  ASSERT_EQ(entries.all().size(), 2u);
  for (const Entry& entry : entries.all()) {
    EXPECT_EQ(entry.conversation_id, ConversationId(9));
    EXPECT_EQ(entry.sender_id, kAuthor);
    EXPECT_EQ(entry.created_at, UnixTime(std::chrono::milliseconds(3)));
  }
  EXPECT_EQ(entries.all()[0].name, "them");
  EXPECT_EQ(entries.all()[1].subject_user_id, kSubject);
  EXPECT_EQ(entries.last_seq(), Seq(9));
}

TEST(GroupEntriesTest, OnlyWhatChangesTheMembersMovesTheirPosition) {
  GroupEntries entries = AfterSeven();

  entries.AddRenamed("them");
  entries.AddRoleChanged(kSubject, Role::kAdmin);
  EXPECT_EQ(entries.members_seq(), Seq(5));
  entries.AddMemberAdded(kSubject, Role::kMember);
  EXPECT_EQ(entries.members_seq(), Seq(10));

  EXPECT_EQ(entries.all()[1].role, "admin");
  EXPECT_EQ(entries.all()[2].role, "member");
}

}  // namespace
}  // namespace chat
