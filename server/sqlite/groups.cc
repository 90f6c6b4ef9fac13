#include "server/sqlite/groups.h"

#include <algorithm>
#include <expected>
#include <optional>
#include <utility>

#include "protocol/limits.h"
#include "server/ports/contacts.h"
#include "server/ports/group_entries.h"
#include "server/ports/permissions.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/contact_states.h"
#include "server/sqlite/conversation_views.h"
#include "server/sqlite/group_rows.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

using ViewResult = Result<ConversationView, GroupError>;

std::vector<UserId> SortedWithoutRepeats(std::vector<UserId> users) {
  std::ranges::sort(users);
  const auto repeats = std::ranges::unique(users);
  users.erase(repeats.begin(), repeats.end());
  return users;
}

bool AreContactsOf(Connection& connection, UserId user, const std::vector<UserId>& others) {
  return std::ranges::all_of(others, [&](UserId other) {
    return FindContactState(connection, user, other) == ContactState::kContact;
  });
}

ViewResult ViewOf(Connection& connection, const GroupAct& act) {
  std::optional<ConversationView> view = FindView(connection, act.actor, act.conversation_id);
  // The actor is in it: it fails only where SQLite fails.
  if (!view) return std::unexpected(GroupError::kUnavailable);
  return *std::move(view);
}

// The conversation as the actor finds it, where they may do this in it.
Result<GroupStanding, GroupError> Admit(Connection& connection, const GroupAct& act,
                                        MemberAction action) {
  std::optional<GroupStanding> standing = FindStanding(connection, act);
  if (!standing) return std::unexpected(GroupError::kNotFound);
  if (!MayDo(standing->conversation.kind, action, {.actor = standing->actor_role})) {
    return std::unexpected(GroupError::kForbidden);
  }
  return *std::move(standing);
}

void InsertGroup(WriteTransaction& transaction, ConversationId id, const std::string& name) {
  Statement(transaction.connection,
            "INSERT INTO conversations (conversation_id, kind, name, created_at, members_count, "
            "last_activity) VALUES (?1, 'group', ?2, ?3, 0, ?3)",
            id, name, transaction.now)
      .Run();
}

ViewResult CreateGroup(WriteTransaction& transaction, const NewGroup& group) {
  Connection& connection = transaction.connection;
  std::vector<UserId> others = SortedWithoutRepeats(group.member_ids);
  std::erase(others, group.creator);
  if (!AreContactsOf(connection, group.creator, others)) {
    return std::unexpected(GroupError::kNotContacts);
  }
  if (others.size() + 1 > kGroupMembersMax) return std::unexpected(GroupError::kFull);
  const GroupAct act{.actor = group.creator,
                     .conversation_id = transaction.ids.Next<ConversationId>(transaction.now)};
  InsertGroup(transaction, act.conversation_id, group.name);
  GroupEntries entries({.conversation_id = act.conversation_id,
                        .last_seq = {},
                        .members_seq = {},
                        .author = group.creator,
                        .now = transaction.now});
  Join(connection, act.conversation_id,
       {.user_id = group.creator,
        .role = Role::kOwner,
        .joined_seq = entries.AddCreated(group.name)});
  for (const UserId other : others) {
    Join(connection, act.conversation_id,
         {.user_id = other, .joined_seq = entries.AddMemberAdded(other, Role::kMember)});
  }
  StoreEntries(transaction, entries, std::ssize(others) + 1);
  TellUsers(transaction, ReadMemberIds(connection, act.conversation_id), ConversationEvent::kGained,
            act.conversation_id);
  return ViewOf(connection, act);
}

ViewResult RenameGroup(WriteTransaction& transaction, const GroupAct& act,
                       const std::string& name) {
  Connection& connection = transaction.connection;
  const auto standing = Admit(connection, act, MemberAction::kRename);
  if (!standing) return std::unexpected(standing.error());
  if (standing->conversation.name == name) return ViewOf(connection, act);
  GroupEntries entries = EntriesOf(act, *standing, transaction.now);
  entries.AddRenamed(name);
  Statement(connection, "UPDATE conversations SET name = ?2 WHERE conversation_id = ?1",
            act.conversation_id, name)
      .Run();
  StoreEntries(transaction, entries, 0);
  TellUsers(transaction, ReadMemberIds(connection, act.conversation_id),
            ConversationEvent::kChanged, act.conversation_id);
  return ViewOf(connection, act);
}

std::vector<Member> MembersAmong(Connection& connection, ConversationId conversation,
                                 const std::vector<UserId>& users) {
  std::vector<Member> members;
  for (const UserId user : users) {
    std::optional<Member> member = FindMember(connection, conversation, user);
    if (member) members.push_back(*std::move(member));
  }
  return members;
}

Result<std::vector<Member>, GroupError> AddToGroup(WriteTransaction& transaction,
                                                   const GroupAct& act,
                                                   const std::vector<UserId>& asked) {
  Connection& connection = transaction.connection;
  const auto standing = Admit(connection, act, MemberAction::kAddMember);
  if (!standing) return std::unexpected(standing.error());
  const std::vector<UserId> users = SortedWithoutRepeats(asked);
  std::vector<UserId> newcomers = users;
  std::erase_if(newcomers, [&](UserId user) {
    return FindRole(connection, act.conversation_id, user).has_value();
  });
  if (!AreContactsOf(connection, act.actor, newcomers)) {
    return std::unexpected(GroupError::kNotContacts);
  }
  if (standing->conversation.members_count + newcomers.size() > kGroupMembersMax) {
    return std::unexpected(GroupError::kFull);
  }
  if (!newcomers.empty()) {
    GroupEntries entries = EntriesOf(act, *standing, transaction.now);
    for (const UserId user : newcomers) {
      Join(connection, act.conversation_id,
           {.user_id = user, .joined_seq = entries.AddMemberAdded(user, Role::kMember)});
    }
    StoreEntries(transaction, entries, std::ssize(newcomers));
    TellUsers(transaction, newcomers, ConversationEvent::kGained, act.conversation_id);
  }
  return MembersAmong(connection, act.conversation_id, users);
}

// Whether the actor may remove the subject, who is in the group.
Result<void, GroupError> CheckRemoval(Connection& connection, const GroupStanding& standing,
                                      const GroupAct& act, UserId subject) {
  const std::optional<Role> role = FindRole(connection, act.conversation_id, subject);
  if (!role) return std::unexpected(GroupError::kNotFound);
  const bool leaving = subject == act.actor;
  const MemberAction action = leaving ? MemberAction::kLeave : MemberAction::kRemoveMember;
  if (!MayDo(standing.conversation.kind, action,
             {.actor = standing.actor_role, .subject = *role})) {
    return std::unexpected(GroupError::kForbidden);
  }
  if (leaving && *role == Role::kOwner && standing.conversation.members_count > 1 &&
      !HasOtherOwner(connection, act.conversation_id, subject)) {
    return std::unexpected(GroupError::kOwnerMustTransfer);
  }
  return {};
}

Result<void, GroupError> RemoveFromGroup(WriteTransaction& transaction, const GroupAct& act,
                                         UserId subject) {
  Connection& connection = transaction.connection;
  const std::optional<GroupStanding> standing = FindStanding(connection, act);
  if (!standing) return std::unexpected(GroupError::kNotFound);
  const auto allowed = CheckRemoval(connection, *standing, act, subject);
  if (!allowed) return std::unexpected(allowed.error());
  GroupEntries entries = EntriesOf(act, *standing, transaction.now);
  Leave(connection, act.conversation_id, subject, entries.AddMemberRemoved(subject));
  StoreEntries(transaction, entries, -1);
  TellUsers(transaction, {subject}, ConversationEvent::kLost, act.conversation_id);
  return {};
}

Result<Member, GroupError> ChangeRoleInGroup(WriteTransaction& transaction, const GroupAct& act,
                                             const NewRole& change) {
  Connection& connection = transaction.connection;
  const auto standing = Admit(connection, act, MemberAction::kChangeRole);
  if (!standing) return std::unexpected(standing.error());
  std::optional<Member> member = FindMember(connection, act.conversation_id, change.subject);
  if (!member) return std::unexpected(GroupError::kNotFound);
  if (member->role == change.role) return *std::move(member);
  // Only an owner comes so far, so another owner than the subject exists unless it is the actor.
  if (change.subject == act.actor &&
      !HasOtherOwner(connection, act.conversation_id, change.subject)) {
    return std::unexpected(GroupError::kOwnerMustTransfer);
  }
  GroupEntries entries = EntriesOf(act, *standing, transaction.now);
  entries.AddRoleChanged(change.subject, change.role);
  SetRole(connection, act.conversation_id, change);
  StoreEntries(transaction, entries, 0);
  TellUsers(transaction, {change.subject}, ConversationEvent::kChanged, act.conversation_id);
  member->role = change.role;
  return *std::move(member);
}

}  // namespace

void Groups::Create(NewGroup group, Completion<ConversationView, GroupError> done) {
  database_.Write(home_, std::move(done),
                  [group = std::move(group)](WriteTransaction& transaction) {
                    return CreateGroup(transaction, group);
                  });
}

void Groups::Rename(GroupAct act, std::string name, Completion<ConversationView, GroupError> done) {
  database_.Write(home_, std::move(done),
                  [act, name = std::move(name)](WriteTransaction& transaction) {
                    return RenameGroup(transaction, act, name);
                  });
}

void Groups::Add(GroupAct act, std::vector<UserId> users,
                 Completion<std::vector<Member>, GroupError> done) {
  database_.Write(home_, std::move(done),
                  [act, users = std::move(users)](WriteTransaction& transaction) {
                    return AddToGroup(transaction, act, users);
                  });
}

void Groups::Remove(GroupAct act, UserId subject, Completion<void, GroupError> done) {
  database_.Write(home_, std::move(done), [act, subject](WriteTransaction& transaction) {
    return RemoveFromGroup(transaction, act, subject);
  });
}

void Groups::ChangeRole(GroupAct act, NewRole change, Completion<Member, GroupError> done) {
  database_.Write(home_, std::move(done), [act, change](WriteTransaction& transaction) {
    return ChangeRoleInGroup(transaction, act, change);
  });
}

void Groups::ListMembers(MemberPageRequest page, Completion<std::vector<Member>, ViewError> done) {
  database_.Read(home_, std::move(done),
                 [page](ReadTransaction& transaction) -> Result<std::vector<Member>, ViewError> {
                   if (!FindRole(transaction.connection, page.conversation_id, page.viewer)) {
                     return std::unexpected(ViewError::kNotFound);
                   }
                   return ReadMembers(transaction.connection, page);
                 });
}

}  // namespace chat::sqlite
