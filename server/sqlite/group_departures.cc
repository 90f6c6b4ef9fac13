#include "server/sqlite/group_departures.h"

#include <optional>
#include <vector>

#include "server/ports/bus.h"
#include "server/ports/group_entries.h"
#include "server/ports/groups.h"
#include "server/sqlite/group_rows.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

constexpr int kLeftAtOnceMax = 20;

std::vector<ConversationId> FirstGroups(Connection& connection, UserId user) {
  Statement rows(connection,
                 "SELECT m.conversation_id FROM conversation_members m "
                 "JOIN conversations c ON c.conversation_id = m.conversation_id "
                 "WHERE m.user_id = ?1 AND m.left_seq IS NULL AND c.kind = 'group' LIMIT ?2",
                 user, kLeftAtOnceMax);
  std::vector<ConversationId> groups;
  while (rows.Step()) groups.push_back(rows.Get<ConversationId>(0));
  return groups;
}

// Who owns the group when this owner has gone; empty when somebody does already, or nobody is left.
std::optional<UserId> FindHeir(Connection& connection, ConversationId group, UserId owner) {
  if (HasOtherOwner(connection, group, owner)) return std::nullopt;
  Statement row(connection,
                "SELECT user_id FROM conversation_members "
                "WHERE conversation_id = ?1 AND user_id <> ?2 AND left_seq IS NULL "
                "ORDER BY role = 'admin' DESC, joined_seq, user_id LIMIT 1",
                group, owner);
  if (!row.Step()) return std::nullopt;
  return row.Get<UserId>(0);
}

void LeaveGroup(WriteTransaction& transaction, const GroupAct& act) {
  Connection& connection = transaction.connection;
  const std::optional<GroupStanding> standing = FindStanding(connection, act);
  if (!standing) return;
  std::optional<UserId> heir;
  if (standing->actor_role == Role::kOwner) {
    heir = FindHeir(connection, act.conversation_id, act.actor);
  }
  GroupEntries entries = EntriesOf(act, *standing, transaction.now);
  if (heir) {
    entries.AddRoleChanged(*heir, Role::kOwner);
    SetRole(connection, act.conversation_id, {.subject = *heir, .role = Role::kOwner});
  }
  Leave(connection, act.conversation_id, act.actor, entries.AddMemberRemoved(act.actor));
  StoreEntries(transaction, entries, -1);
  TellUsers(transaction, {act.actor}, ConversationEvent::kLost, act.conversation_id);
  if (heir) TellUsers(transaction, {*heir}, ConversationEvent::kChanged, act.conversation_id);
}

}  // namespace

bool IsInGroups(Connection& connection, UserId user) {
  return !FirstGroups(connection, user).empty();
}

void LeaveSomeGroups(WriteTransaction& transaction, UserId user) {
  for (const ConversationId group : FirstGroups(transaction.connection, user)) {
    LeaveGroup(transaction, {.actor = user, .conversation_id = group});
  }
}

}  // namespace chat::sqlite
