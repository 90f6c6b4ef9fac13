#include "server/ports/permissions.h"

namespace chat {
namespace {

bool LeadsGroup(Role role) { return role == Role::kOwner || role == Role::kAdmin; }

}  // namespace

bool MayDo(ConversationKind kind, MemberAction action, MemberRoles roles) {
  if (kind == ConversationKind::kDirect) return false;
  switch (action) {
    case MemberAction::kRename:
    case MemberAction::kAddMember:
    case MemberAction::kDeleteMessageOfOther:
      return LeadsGroup(roles.actor);
    case MemberAction::kRemoveMember:
      return roles.actor == Role::kOwner ||
             (roles.actor == Role::kAdmin && roles.subject == Role::kMember);
    case MemberAction::kChangeRole:
      return roles.actor == Role::kOwner;
    case MemberAction::kLeave:
      return true;
  }
  return false;
}

}  // namespace chat
