// Who may do what in a conversation, by role. Pure: it knows no store and no person, so that both
// stores and whoever edits or deletes messages ask the same question.
//
// Not here: what anyone may do with what is their own (their text, their marks), and whether an
// owner who leaves has made another one, which depends on who else is there.
#pragma once

#include "server/ports/conversations.h"

namespace chat {

enum class MemberAction {
  kRename,
  kAddMember,
  kRemoveMember,  // another; see kLeave
  kChangeRole,    // of anyone, also one's own
  kDeleteMessageOfOther,
  kLeave,
};

// The actor's role, and that of whom the action is about. `subject` counts for kRemoveMember only.
struct MemberRoles {
  Role actor = Role::kMember;
  Role subject = Role::kMember;
};

bool MayDo(ConversationKind kind, MemberAction action, MemberRoles roles);

}  // namespace chat
