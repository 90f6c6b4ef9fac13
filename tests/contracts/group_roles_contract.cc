// Who may do what, through the port Groups: stores ask MayDo, whose matrix has a test of its own,
// with the roles that they keep.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/groups.h"
#include "tests/contracts/groups_contract.h"

namespace chat::contracts {
namespace {

constexpr Role kRoles[] = {Role::kOwner, Role::kAdmin, Role::kMember};

std::optional<GroupError> ForbiddenUnless(bool allowed) {
  return allowed ? std::nullopt : std::optional(GroupError::kForbidden);
}

TEST_P(GroupsContract, FollowsTheMatrixOfRoles) {
  const auto users = AddUsers(4);
  for (const UserId other : {users[0], users[2], users[3]}) MakeContacts(users[1], other);
  MakeContacts(users[0], users[2]);
  for (const Role actor : kRoles) {
    for (const Role subject : kRoles) {
      SCOPED_TRACE(static_cast<int>(actor) * 10 + static_cast<int>(subject));
      const ConversationId group = MadeOfContacts({users[0], users[1], users[2]});
      const GroupAct owner{.actor = users[0], .conversation_id = group};
      ASSERT_TRUE(ChangeRole(owner, {.subject = users[1], .role = actor}).has_value());
      ASSERT_TRUE(ChangeRole(owner, {.subject = users[2], .role = subject}).has_value());
      const GroupAct act{.actor = users[1], .conversation_id = group};
      const bool leads = actor != Role::kMember;

      EXPECT_EQ(ErrorOf(Rename(act, "other")), ForbiddenUnless(leads));
      EXPECT_EQ(ErrorOf(Add(act, {users[3]})), ForbiddenUnless(leads));
      EXPECT_EQ(ErrorOf(ChangeRole(act, {.subject = users[2], .role = subject})),
                ForbiddenUnless(actor == Role::kOwner));
      EXPECT_EQ(ErrorOf(Remove(act, users[2])),
                ForbiddenUnless(actor == Role::kOwner ||
                                (actor == Role::kAdmin && subject == Role::kMember)));
      EXPECT_EQ(ErrorOf(Remove(act, users[1])), std::nullopt) << "all may leave";
    }
  }
}

TEST_P(GroupsContract, HidesFromThoseWhoAreNotInIt) {
  const auto users = AddUsers(3);
  const ConversationId group = Made({users[0], users[1]});
  MakeContacts(users[0], users[2]);
  for (const GroupAct& act : {GroupAct{.actor = users[2], .conversation_id = group},
                              GroupAct{.actor = users[0], .conversation_id = ConversationId(42)}}) {
    EXPECT_EQ(ErrorOf(Rename(act, "mine")), GroupError::kNotFound);
    EXPECT_EQ(ErrorOf(Add(act, {users[0]})), GroupError::kNotFound);
    EXPECT_EQ(ErrorOf(Remove(act, users[1])), GroupError::kNotFound);
    EXPECT_EQ(ErrorOf(ChangeRole(act, {.subject = users[1], .role = Role::kOwner})),
              GroupError::kNotFound);
  }
  const GroupAct owner{.actor = users[0], .conversation_id = group};
  EXPECT_EQ(ErrorOf(Remove(owner, users[2])), GroupError::kNotFound);
  EXPECT_EQ(ErrorOf(ChangeRole(owner, {.subject = users[2], .role = Role::kAdmin})),
            GroupError::kNotFound);
}

TEST_P(GroupsContract, WhoWasRemovedMayDoNothingMore) {
  const auto users = AddUsers(3);
  const ConversationId group = Made(users);
  const GroupAct owner{.actor = users[0], .conversation_id = group};
  const GroupAct removed{.actor = users[1], .conversation_id = group};
  ASSERT_TRUE(ChangeRole(owner, {.subject = users[1], .role = Role::kOwner}).has_value());
  ASSERT_TRUE(Remove(owner, users[1]).has_value());

  EXPECT_EQ(ErrorOf(Rename(removed, "mine")), GroupError::kNotFound);
  EXPECT_EQ(ErrorOf(Remove(removed, users[2])), GroupError::kNotFound);
  EXPECT_EQ(ErrorOf(Remove(removed, users[1])), GroupError::kNotFound);
  EXPECT_EQ(ErrorOf(List({.viewer = users[1], .conversation_id = group, .after = {}, .limit = 9})),
            ViewError::kNotFound);
}

TEST_P(GroupsContract, ADirectConversationStaysAsItIs) {
  const auto users = AddUsers(3);
  const ConversationId direct = AddDirect(users[0], users[1]);
  MakeContacts(users[0], users[2]);
  const GroupAct act{.actor = users[0], .conversation_id = direct};

  EXPECT_EQ(ErrorOf(Rename(act, "ours")), GroupError::kForbidden);
  EXPECT_EQ(ErrorOf(Add(act, {users[2]})), GroupError::kForbidden);
  EXPECT_EQ(ErrorOf(Remove(act, users[0])), GroupError::kForbidden);
  EXPECT_EQ(ErrorOf(Remove(act, users[1])), GroupError::kForbidden);
  EXPECT_EQ(ErrorOf(ChangeRole(act, {.subject = users[1], .role = Role::kAdmin})),
            GroupError::kForbidden);
  const auto members =
      List({.viewer = users[0], .conversation_id = direct, .after = {}, .limit = 9});
  ASSERT_TRUE(members.has_value());
  EXPECT_EQ(members->size(), 2u);
}

}  // namespace
}  // namespace chat::contracts
