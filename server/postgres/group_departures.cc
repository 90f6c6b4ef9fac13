#include "server/postgres/group_departures.h"

#include <algorithm>
#include <optional>
#include <pqxx/pqxx>
#include <vector>

#include "server/ports/bus.h"
#include "server/ports/group_entries.h"
#include "server/ports/groups.h"
#include "server/postgres/group_rows.h"
#include "server/postgres/user_rows.h"

namespace chat::postgres {
namespace {

constexpr int kLeftAtOnceMax = 20;

// In the order in which they are locked.
std::vector<ConversationId> FirstGroups(Transaction& transaction, UserId user) {
  const pqxx::result rows = transaction.Run(
      "SELECT m.conversation_id FROM conversation_members m "
      "JOIN conversations c ON c.conversation_id = m.conversation_id "
      "WHERE m.user_id = $1 AND m.left_seq IS NULL AND c.kind = 'group' "
      "ORDER BY m.conversation_id LIMIT $2",
      user, kLeftAtOnceMax);
  std::vector<ConversationId> groups;
  for (const pqxx::row& row : rows) groups.push_back(row[0].as<ConversationId>());
  return groups;
}

// Who owns the group when this user has gone; empty when somebody does already, or nobody is left.
std::optional<UserId> FindHeir(Transaction& transaction, ConversationId group, UserId user) {
  if (FindRole(transaction, group, user) != Role::kOwner) return std::nullopt;
  if (HasOtherOwner(transaction, group, user)) return std::nullopt;
  const pqxx::result rows = transaction.Run(
      "SELECT user_id FROM conversation_members "
      "WHERE conversation_id = $1 AND user_id <> $2 AND left_seq IS NULL "
      "ORDER BY role = 'admin' DESC, joined_seq, user_id LIMIT 1",
      group, user);
  if (rows.empty()) return std::nullopt;
  return rows[0][0].as<UserId>();
}

// The user and whoever inherits a group by now.
std::vector<UserId> LockWithHeirs(Transaction& transaction, UserId user,
                                  const std::vector<ConversationId>& groups) {
  std::vector<UserId> users = {user};
  for (const ConversationId group : groups) {
    if (const auto heir = FindHeir(transaction, group, user)) users.push_back(*heir);
  }
  LockUsers(transaction, users);
  return users;
}

void LeaveGroup(ChangeTransaction& transaction, const GroupAct& act,
                const std::vector<UserId>& locked) {
  const std::optional<GroupStanding> standing = LockStanding(transaction, act);
  if (!standing) return;
  const std::optional<UserId> heir = FindHeir(transaction, act.conversation_id, act.actor);
  // Whoever became the heir since can be locked only by beginning again.
  if (heir && std::ranges::find(locked, *heir) == locked.end()) {
    throw pqxx::serialization_failure("the heir changed", "", "40001");
  }
  GroupEntries entries = EntriesOf(act, *standing, transaction.now);
  if (heir) {
    entries.AddRoleChanged(*heir, Role::kOwner);
    SetRole(transaction, act.conversation_id, {.subject = *heir, .role = Role::kOwner});
  }
  Leave(transaction, act.conversation_id, act.actor, entries.AddMemberRemoved(act.actor));
  StoreEntries(transaction, entries, -1);
  TellUsers(transaction, {act.actor}, ConversationEvent::kLost, act.conversation_id);
  if (heir) TellUsers(transaction, {*heir}, ConversationEvent::kChanged, act.conversation_id);
}

}  // namespace

bool IsInGroups(Transaction& transaction, UserId user) {
  return !FirstGroups(transaction, user).empty();
}

void LeaveSomeGroups(ChangeTransaction& transaction, UserId user) {
  const std::vector<ConversationId> groups = FirstGroups(transaction, user);
  const std::vector<UserId> locked = LockWithHeirs(transaction, user, groups);
  for (const ConversationId group : groups) {
    LeaveGroup(transaction, {.actor = user, .conversation_id = group}, locked);
  }
}

}  // namespace chat::postgres
