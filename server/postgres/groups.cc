#include "server/postgres/groups.h"

#include <algorithm>
#include <optional>
#include <pqxx/pqxx>
#include <utility>

#include "protocol/limits.h"
#include "server/ports/group_entries.h"
#include "server/ports/permissions.h"
#include "server/postgres/conversation_views.h"
#include "server/postgres/group_rows.h"
#include "server/postgres/transaction.h"
#include "server/postgres/user_rows.h"
#include "server/postgres/values.h"

// Every change locks the users it tells of, then the conversation, and only then looks at who is in
// it and who is whose contact: what it reads is what it changes, on any number of nodes.

namespace chat::postgres {
namespace {

using ViewResult = Result<ConversationView, GroupError>;

std::vector<UserId> SortedWithoutRepeats(std::vector<UserId> users) {
  std::ranges::sort(users);
  const auto repeats = std::ranges::unique(users);
  users.erase(repeats.begin(), repeats.end());
  return users;
}

bool AreContactsOf(Transaction& transaction, UserId user, const std::vector<UserId>& others) {
  const pqxx::result rows = transaction.Run(
      "SELECT count(*) FROM contacts "
      "WHERE user_id = $1 AND other_id = ANY ($2::bigint[]) AND state = 'contact'",
      user, others);
  return rows[0][0].as<std::int64_t>() == std::ssize(others);
}

ViewResult ViewOf(Transaction& transaction, const GroupAct& act) {
  std::optional<ConversationView> view = FindView(transaction, act.actor, act.conversation_id);
  // The actor is in it, and nobody can remove them before the transaction ends.
  if (!view) return std::unexpected(GroupError::kUnavailable);
  return *std::move(view);
}

// The conversation, locked, where the actor may do this in it.
Result<GroupStanding, GroupError> Admit(Transaction& transaction, const GroupAct& act,
                                        MemberAction action) {
  std::optional<GroupStanding> standing = LockStanding(transaction, act);
  if (!standing) return std::unexpected(GroupError::kNotFound);
  if (!MayDo(standing->conversation.kind, action, {.actor = standing->actor_role})) {
    return std::unexpected(GroupError::kForbidden);
  }
  return *std::move(standing);
}

void InsertGroup(Transaction& transaction, const GroupAct& act, const std::string& name) {
  transaction.Run(
      "INSERT INTO conversations (conversation_id, kind, name, created_at, members_count, "
      "last_activity) VALUES ($1, 'group', $2, $3, 0, $3)",
      act.conversation_id, name, transaction.now);
}

// Adds to the entries one for each.
void JoinAll(Transaction& transaction, GroupEntries& entries, const std::vector<UserId>& users) {
  std::vector<Seq> seqs;
  for (const UserId user : users) seqs.push_back(entries.AddMemberAdded(user, Role::kMember));
  Join(transaction, entries.conversation_id(), users, seqs);
}

ViewResult CreateGroup(ChangeTransaction& transaction, const NewGroup& group) {
  std::vector<UserId> others = SortedWithoutRepeats(group.member_ids);
  std::erase(others, group.creator);
  std::vector<UserId> all = others;
  all.insert(std::ranges::upper_bound(all, group.creator), group.creator);
  if (all.size() > kGroupMembersMax) return std::unexpected(GroupError::kFull);
  LockUsers(transaction, all);
  if (!AreContactsOf(transaction, group.creator, others)) {
    return std::unexpected(GroupError::kNotContacts);
  }
  const GroupAct act{.actor = group.creator,
                     .conversation_id = transaction.ids.Next<ConversationId>(transaction.now)};
  InsertGroup(transaction, act, group.name);
  GroupEntries entries({.conversation_id = act.conversation_id,
                        .last_seq = {},
                        .members_seq = {},
                        .author = group.creator,
                        .now = transaction.now});
  Join(transaction, act.conversation_id, {group.creator}, {entries.AddCreated(group.name)});
  SetRole(transaction, act.conversation_id, {.subject = group.creator, .role = Role::kOwner});
  JoinAll(transaction, entries, others);
  StoreEntries(transaction, entries, std::ssize(all));
  TellUsers(transaction, all, ConversationEvent::kGained, act.conversation_id);
  return ViewOf(transaction, act);
}

ViewResult RenameGroup(ChangeTransaction& transaction, const GroupAct& act,
                       const std::string& name) {
  // Only for who is in it: it locks many.
  if (!FindRole(transaction, act.conversation_id, act.actor)) {
    return std::unexpected(GroupError::kNotFound);
  }
  const std::vector<UserId> members = LockMembers(transaction, act.conversation_id);
  const auto standing = Admit(transaction, act, MemberAction::kRename);
  if (!standing) return std::unexpected(standing.error());
  if (standing->conversation.name == name) return ViewOf(transaction, act);
  // Whoever joined since they were locked can be locked only by beginning again.
  if (ReadMemberIds(transaction, act.conversation_id) != members) {
    throw pqxx::serialization_failure("the members changed", "", "40001");
  }
  GroupEntries entries = EntriesOf(act, *standing, transaction.now);
  entries.AddRenamed(name);
  transaction.Run("UPDATE conversations SET name = $2 WHERE conversation_id = $1",
                  act.conversation_id, name);
  StoreEntries(transaction, entries, 0);
  TellUsers(transaction, members, ConversationEvent::kChanged, act.conversation_id);
  return ViewOf(transaction, act);
}

std::vector<UserId> NewcomersAmong(Transaction& transaction, ConversationId conversation,
                                   std::vector<UserId> users) {
  for (const Member& present : ReadMembersAmong(transaction, conversation, users)) {
    std::erase(users, present.user.user_id);
  }
  return users;
}

Result<std::vector<Member>, GroupError> AddToGroup(ChangeTransaction& transaction,
                                                   const GroupAct& act,
                                                   const std::vector<UserId>& asked) {
  const std::vector<UserId> users = SortedWithoutRepeats(asked);
  std::vector<UserId> locked = users;
  locked.push_back(act.actor);
  LockUsers(transaction, locked);
  const auto standing = Admit(transaction, act, MemberAction::kAddMember);
  if (!standing) return std::unexpected(standing.error());
  const std::vector<UserId> newcomers = NewcomersAmong(transaction, act.conversation_id, users);
  if (!AreContactsOf(transaction, act.actor, newcomers)) {
    return std::unexpected(GroupError::kNotContacts);
  }
  if (standing->conversation.members_count + newcomers.size() > kGroupMembersMax) {
    return std::unexpected(GroupError::kFull);
  }
  if (!newcomers.empty()) {
    GroupEntries entries = EntriesOf(act, *standing, transaction.now);
    JoinAll(transaction, entries, newcomers);
    StoreEntries(transaction, entries, std::ssize(newcomers));
    TellUsers(transaction, newcomers, ConversationEvent::kGained, act.conversation_id);
  }
  return ReadMembersAmong(transaction, act.conversation_id, users);
}

// Whether the actor may remove the subject.
Result<void, GroupError> CheckRemoval(Transaction& transaction, const GroupStanding& standing,
                                      const GroupAct& act, UserId subject) {
  const std::optional<Role> role = FindRole(transaction, act.conversation_id, subject);
  if (!role) return std::unexpected(GroupError::kNotFound);
  const bool leaving = subject == act.actor;
  const MemberAction action = leaving ? MemberAction::kLeave : MemberAction::kRemoveMember;
  if (!MayDo(standing.conversation.kind, action,
             {.actor = standing.actor_role, .subject = *role})) {
    return std::unexpected(GroupError::kForbidden);
  }
  if (leaving && *role == Role::kOwner && standing.conversation.members_count > 1 &&
      !HasOtherOwner(transaction, act.conversation_id, subject)) {
    return std::unexpected(GroupError::kOwnerMustTransfer);
  }
  return {};
}

Result<void, GroupError> RemoveFromGroup(ChangeTransaction& transaction, const GroupAct& act,
                                         UserId subject) {
  LockUsers(transaction, {subject});
  const std::optional<GroupStanding> standing = LockStanding(transaction, act);
  if (!standing) return std::unexpected(GroupError::kNotFound);
  const auto allowed = CheckRemoval(transaction, *standing, act, subject);
  if (!allowed) return std::unexpected(allowed.error());
  GroupEntries entries = EntriesOf(act, *standing, transaction.now);
  Leave(transaction, act.conversation_id, subject, entries.AddMemberRemoved(subject));
  StoreEntries(transaction, entries, -1);
  TellUsers(transaction, {subject}, ConversationEvent::kLost, act.conversation_id);
  return {};
}

Result<Member, GroupError> ChangeRoleInGroup(ChangeTransaction& transaction, const GroupAct& act,
                                             const NewRole& change) {
  LockUsers(transaction, {change.subject});
  const auto standing = Admit(transaction, act, MemberAction::kChangeRole);
  if (!standing) return std::unexpected(standing.error());
  const std::vector<Member> found =
      ReadMembersAmong(transaction, act.conversation_id, {change.subject});
  if (found.empty()) return std::unexpected(GroupError::kNotFound);
  Member member = found.front();
  if (member.role == change.role) return member;
  // Only an owner comes so far, so another owner than the subject exists unless it is the actor.
  if (change.subject == act.actor &&
      !HasOtherOwner(transaction, act.conversation_id, change.subject)) {
    return std::unexpected(GroupError::kOwnerMustTransfer);
  }
  GroupEntries entries = EntriesOf(act, *standing, transaction.now);
  entries.AddRoleChanged(change.subject, change.role);
  SetRole(transaction, act.conversation_id, change);
  StoreEntries(transaction, entries, 0);
  TellUsers(transaction, {change.subject}, ConversationEvent::kChanged, act.conversation_id);
  member.role = change.role;
  return member;
}

}  // namespace

void Groups::Create(NewGroup group, Completion<ConversationView, GroupError> done) {
  database_.Change(home_, std::move(done),
                   [group = std::move(group)](ChangeTransaction& transaction) {
                     return CreateGroup(transaction, group);
                   });
}

void Groups::Rename(GroupAct act, std::string name, Completion<ConversationView, GroupError> done) {
  database_.Change(home_, std::move(done),
                   [act, name = std::move(name)](ChangeTransaction& transaction) {
                     return RenameGroup(transaction, act, name);
                   });
}

void Groups::Add(GroupAct act, std::vector<UserId> users,
                 Completion<std::vector<Member>, GroupError> done) {
  database_.Change(home_, std::move(done),
                   [act, users = std::move(users)](ChangeTransaction& transaction) {
                     return AddToGroup(transaction, act, users);
                   });
}

void Groups::Remove(GroupAct act, UserId subject, Completion<void, GroupError> done) {
  database_.Change(home_, std::move(done), [act, subject](ChangeTransaction& transaction) {
    return RemoveFromGroup(transaction, act, subject);
  });
}

void Groups::ChangeRole(GroupAct act, NewRole change, Completion<Member, GroupError> done) {
  database_.Change(home_, std::move(done), [act, change](ChangeTransaction& transaction) {
    return ChangeRoleInGroup(transaction, act, change);
  });
}

void Groups::ListMembers(MemberPageRequest page, Completion<std::vector<Member>, ViewError> done) {
  database_.Read(home_, std::move(done),
                 [page](Transaction& transaction) -> Result<std::vector<Member>, ViewError> {
                   if (!FindRole(transaction, page.conversation_id, page.viewer)) {
                     return std::unexpected(ViewError::kNotFound);
                   }
                   return ReadMembers(transaction, page);
                 });
}

}  // namespace chat::postgres
