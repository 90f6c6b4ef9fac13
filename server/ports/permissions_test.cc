#include "server/ports/permissions.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>

namespace chat {
namespace {

constexpr std::array kRoles = {Role::kOwner, Role::kAdmin, Role::kMember};
constexpr std::array kActions = {MemberAction::kRename,
                                 MemberAction::kAddMember,
                                 MemberAction::kRemoveMember,
                                 MemberAction::kChangeRole,
                                 MemberAction::kDeleteMessageOfOther,
                                 MemberAction::kLeave};

struct Row {
  MemberAction action;
  // By actor (owner, admin, member), then by subject in the same order.
  std::array<std::array<bool, 3>, 3> allowed;
};

constexpr std::array<bool, 3> kAny = {true, true, true};
constexpr std::array<bool, 3> kNone = {false, false, false};
constexpr std::array<bool, 3> kMembersOnly = {false, false, true};

constexpr std::array kMatrix = {
    Row{.action = MemberAction::kRename, .allowed = {kAny, kAny, kNone}},
    Row{.action = MemberAction::kAddMember, .allowed = {kAny, kAny, kNone}},
    Row{.action = MemberAction::kRemoveMember, .allowed = {kAny, kMembersOnly, kNone}},
    Row{.action = MemberAction::kChangeRole, .allowed = {kAny, kNone, kNone}},
    Row{.action = MemberAction::kDeleteMessageOfOther, .allowed = {kAny, kAny, kNone}},
    Row{.action = MemberAction::kLeave, .allowed = {kAny, kAny, kAny}},
};

TEST(PermissionsTest, AGroupFollowsTheWholeMatrix) {
  static_assert(kMatrix.size() == kActions.size());
  for (const Row& row : kMatrix) {
    for (std::size_t actor = 0; actor < kRoles.size(); ++actor) {
      for (std::size_t subject = 0; subject < kRoles.size(); ++subject) {
        EXPECT_EQ(MayDo(ConversationKind::kGroup, row.action,
                        {.actor = kRoles[actor], .subject = kRoles[subject]}),
                  row.allowed[actor][subject])
            << "action " << static_cast<int>(row.action) << ", actor " << actor << ", subject "
            << subject;
      }
    }
  }
}

TEST(PermissionsTest, ADirectConversationAllowsNothing) {
  for (const MemberAction action : kActions) {
    for (const Role actor : kRoles) {
      for (const Role subject : kRoles) {
        EXPECT_FALSE(
            MayDo(ConversationKind::kDirect, action, {.actor = actor, .subject = subject}));
      }
    }
  }
}

}  // namespace
}  // namespace chat
