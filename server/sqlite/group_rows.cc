#include "server/sqlite/group_rows.h"

#include <string_view>
#include <utility>

#include "protocol/timestamp.h"
#include "server/ports/roles.h"
#include "server/sqlite/conversation_views.h"
#include "server/sqlite/entry_rows.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/user_changes.h"
#include "server/sqlite/user_rows.h"

namespace chat::sqlite {
namespace {

// From the columns kind, name, members_count, last_seq, last_change, created_at.
Conversation ReadConversation(const Statement& row, ConversationId conversation) {
  return {.conversation_id = conversation,
          .kind = KindFrom(row.Get<std::string_view>(0)),
          .name = row.Get<std::string>(1),
          .members_count = row.Get<int>(2),
          .last_seq = row.Get<Seq>(3),
          .last_change = row.Get<Change>(4),
          .created_at = row.Get<UnixTime>(5)};
}

// From the five columns of a user, then role, joined_seq, read_seq, delivered_seq.
Member ReadMember(const Statement& row) {
  return {.user = ReadUser(row, 0),
          .role = RoleFrom(row.Get<std::string_view>(5)),
          .joined_seq = row.Get<Seq>(6),
          .read_seq = row.Get<Seq>(7),
          .delivered_seq = row.Get<Seq>(8)};
}

void InsertEntry(Connection& connection, const Entry& entry) {
  Statement(connection,
            "INSERT INTO messages (conversation_id, seq, message_id, kind, sender_id, text, "
            "created_at, subject_user_id, name, role) "
            "VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?7, ?8, ?9)",
            entry.conversation_id, entry.seq, entry.message_id, ToWord(entry.kind), entry.sender_id,
            entry.created_at, entry.subject_user_id, entry.name, entry.role)
      .Run();
}

}  // namespace

std::optional<GroupStanding> FindStanding(Connection& connection, const GroupAct& act) {
  Statement row(connection,
                "SELECT c.kind, c.name, c.members_count, c.last_seq, c.last_change, c.created_at, "
                "c.members_seq, m.role FROM conversation_members m "
                "JOIN conversations c ON c.conversation_id = m.conversation_id "
                "WHERE m.conversation_id = ?1 AND m.user_id = ?2 AND m.left_seq IS NULL",
                act.conversation_id, act.actor);
  if (!row.Step()) return std::nullopt;
  return GroupStanding{.conversation = ReadConversation(row, act.conversation_id),
                       .members_seq = row.Get<Seq>(6),
                       .actor_role = RoleFrom(row.Get<std::string_view>(7))};
}

GroupEntries EntriesOf(const GroupAct& act, const GroupStanding& standing, UnixTime now) {
  return GroupEntries({.conversation_id = act.conversation_id,
                       .last_seq = standing.conversation.last_seq,
                       .members_seq = standing.members_seq,
                       .author = act.actor,
                       .now = now});
}

std::optional<Conversation> FindConversation(Connection& connection, ConversationId conversation) {
  Statement row(connection,
                "SELECT kind, name, members_count, last_seq, last_change, created_at "
                "FROM conversations WHERE conversation_id = ?1",
                conversation);
  if (!row.Step()) return std::nullopt;
  return ReadConversation(row, conversation);
}

std::optional<Member> FindMember(Connection& connection, ConversationId conversation, UserId user) {
  Statement row(connection,
                "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, m.role, "
                "m.joined_seq, m.read_seq, m.delivered_seq FROM conversation_members m "
                "JOIN users u ON u.user_id = m.user_id "
                "WHERE m.conversation_id = ?1 AND m.user_id = ?2 AND m.left_seq IS NULL",
                conversation, user);
  if (!row.Step()) return std::nullopt;
  return ReadMember(row);
}

std::optional<Role> FindRole(Connection& connection, ConversationId conversation, UserId user) {
  Statement row(connection,
                "SELECT role FROM conversation_members "
                "WHERE conversation_id = ?1 AND user_id = ?2 AND left_seq IS NULL",
                conversation, user);
  if (!row.Step()) return std::nullopt;
  return RoleFrom(row.Get<std::string_view>(0));
}

std::vector<Member> ReadMembers(Connection& connection, const MemberPageRequest& page) {
  Statement rows(connection,
                 "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, m.role, "
                 "m.joined_seq, m.read_seq, m.delivered_seq FROM conversation_members m "
                 "JOIN users u ON u.user_id = m.user_id "
                 "WHERE m.conversation_id = ?1 AND m.user_id > ?2 AND m.left_seq IS NULL "
                 "ORDER BY m.user_id LIMIT ?3",
                 page.conversation_id, page.after, PageLimit(page.limit));
  std::vector<Member> members;
  while (rows.Step()) members.push_back(ReadMember(rows));
  return members;
}

std::vector<UserId> ReadMemberIds(Connection& connection, ConversationId conversation) {
  Statement rows(connection,
                 "SELECT user_id FROM conversation_members "
                 "WHERE conversation_id = ?1 AND left_seq IS NULL ORDER BY user_id",
                 conversation);
  std::vector<UserId> members;
  while (rows.Step()) members.push_back(rows.Get<UserId>(0));
  return members;
}

bool HasOtherOwner(Connection& connection, ConversationId conversation, UserId user) {
  Statement row(connection,
                "SELECT 1 FROM conversation_members WHERE conversation_id = ?1 AND user_id <> ?2 "
                "AND role = 'owner' AND left_seq IS NULL LIMIT 1",
                conversation, user);
  return row.Step();
}

void Join(Connection& connection, ConversationId conversation, const Membership& joining) {
  Statement(connection,
            "INSERT INTO conversation_members (conversation_id, user_id, role, joined_seq, "
            "read_seq, delivered_seq) VALUES (?1, ?2, ?3, ?4, ?4, ?4) "
            "ON CONFLICT (conversation_id, user_id) DO UPDATE SET role = excluded.role, "
            "joined_seq = excluded.joined_seq, left_seq = NULL, read_seq = excluded.read_seq, "
            "delivered_seq = excluded.delivered_seq, muted_until = NULL, archived = 0",
            conversation, joining.user_id, RoleName(joining.role), joining.joined_seq)
      .Run();
}

void SetRole(Connection& connection, ConversationId conversation, const NewRole& change) {
  Statement(connection,
            "UPDATE conversation_members SET role = ?3 "
            "WHERE conversation_id = ?1 AND user_id = ?2",
            conversation, change.subject, RoleName(change.role))
      .Run();
}

void Leave(Connection& connection, ConversationId conversation, UserId user, Seq left_seq) {
  Statement(connection,
            "UPDATE conversation_members SET left_seq = ?3 "
            "WHERE conversation_id = ?1 AND user_id = ?2",
            conversation, user, left_seq)
      .Run();
}

void StoreEntries(WriteTransaction& transaction, const GroupEntries& entries, std::int64_t gained) {
  for (Entry entry : entries.all()) {
    entry.message_id = transaction.ids.Next<MessageId>(transaction.now);
    InsertEntry(transaction.connection, entry);
    transaction.batch.entries.push_back(
        {.entry = std::move(entry), .origin = {}, .members_seq = entries.members_seq()});
  }
  Statement(transaction.connection,
            "UPDATE conversations SET last_seq = ?2, members_seq = ?3, "
            "members_count = members_count + ?4, last_activity = ?5 WHERE conversation_id = ?1",
            entries.conversation_id(), entries.last_seq(), entries.members_seq(), gained,
            entries.now())
      .Run();
}

void TellUsers(WriteTransaction& transaction, const std::vector<UserId>& users,
               ConversationEvent event, ConversationId conversation) {
  const std::optional<Conversation> told = FindConversation(transaction.connection, conversation);
  if (!told) return;
  for (const UserId user : users) {
    AddUserChange(transaction, user,
                  ConversationChanged{.event = event, .conversation = *told, .peer = {}});
  }
}

}  // namespace chat::sqlite
