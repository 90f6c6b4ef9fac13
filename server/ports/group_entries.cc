#include "server/ports/group_entries.h"

#include <utility>

#include "server/ports/roles.h"

namespace chat {

Entry& GroupEntries::Add(EntryKind kind) {
  last_seq_ = last_seq_.Next();
  if (ChangesMembers(kind)) start_.members_seq = last_seq_;
  Entry& entry = entries_.emplace_back();
  entry.conversation_id = start_.conversation_id;
  entry.seq = last_seq_;
  entry.kind = kind;
  entry.sender_id = start_.author;
  entry.created_at = start_.now;
  return entry;
}

Seq GroupEntries::AddCreated(std::string name) {
  Entry& entry = Add(EntryKind::kCreated);
  entry.name = std::move(name);
  return entry.seq;
}

Seq GroupEntries::AddRenamed(std::string name) {
  Entry& entry = Add(EntryKind::kRenamed);
  entry.name = std::move(name);
  return entry.seq;
}

Seq GroupEntries::AddMemberAdded(UserId subject, Role role) {
  Entry& entry = Add(EntryKind::kMemberAdded);
  entry.subject_user_id = subject;
  entry.role = RoleName(role);
  return entry.seq;
}

Seq GroupEntries::AddMemberRemoved(UserId subject) {
  Entry& entry = Add(EntryKind::kMemberRemoved);
  entry.subject_user_id = subject;
  return entry.seq;
}

Seq GroupEntries::AddRoleChanged(UserId subject, Role role) {
  Entry& entry = Add(EntryKind::kRoleChanged);
  entry.subject_user_id = subject;
  entry.role = RoleName(role);
  return entry.seq;
}

}  // namespace chat
