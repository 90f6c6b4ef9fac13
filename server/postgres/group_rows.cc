#include "server/postgres/group_rows.h"

#include <string_view>
#include <utility>

#include "protocol/timestamp.h"
#include "server/ports/roles.h"
#include "server/postgres/conversation_views.h"
#include "server/postgres/entry_rows.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/user_changes.h"
#include "server/postgres/user_rows.h"
#include "server/postgres/values.h"

namespace chat::postgres {
namespace {

#define CHAT_MEMBER_COLUMNS                                                     \
  "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, m.role, " \
  "m.joined_seq, m.read_seq, m.delivered_seq FROM conversation_members m "      \
  "JOIN users u ON u.user_id = m.user_id "                                      \
  "WHERE m.conversation_id = $1 AND m.left_seq IS NULL "

// From the columns kind, name, members_count, last_seq, last_change, created_at.
Conversation ReadConversation(const pqxx::row& row, ConversationId conversation) {
  return {.conversation_id = conversation,
          .kind = KindFrom(row[0].view()),
          .name = row[1].as<std::string>(),
          .members_count = row[2].as<int>(),
          .last_seq = row[3].as<Seq>(),
          .last_change = row[4].as<Change>(),
          .created_at = row[5].as<UnixTime>()};
}

std::vector<Member> MembersOf(const pqxx::result& rows) {
  std::vector<Member> members;
  for (const pqxx::row& row : rows) {
    members.push_back({.user = ReadUser(row, 0),
                       .role = RoleFrom(row[5].view()),
                       .joined_seq = row[6].as<Seq>(),
                       .read_seq = row[7].as<Seq>(),
                       .delivered_seq = row[8].as<Seq>()});
  }
  return members;
}

// The columns of entries, each as long as the others. Nothing is 0 or empty in them.
struct EntryColumns {
  std::vector<Seq> seqs;
  std::vector<MessageId> message_ids;
  std::vector<std::string> kinds;
  std::vector<UserId> subjects;
  std::vector<std::string> names;
  std::vector<std::string> roles;
};

void InsertEntries(Transaction& transaction, const std::vector<Entry>& entries) {
  EntryColumns columns;
  for (const Entry& entry : entries) {
    columns.seqs.push_back(entry.seq);
    columns.message_ids.push_back(entry.message_id);
    columns.kinds.emplace_back(ToWord(entry.kind));
    columns.subjects.push_back(entry.subject_user_id.value_or(UserId()));
    columns.names.push_back(entry.name.value_or(""));
    columns.roles.push_back(entry.role.value_or(""));
  }
  const Entry& first = entries.front();
  transaction.Run(
      "INSERT INTO messages (conversation_id, seq, message_id, kind, sender_id, text, created_at, "
      "subject_user_id, name, role) "
      "SELECT $1, e.seq, e.message_id, e.kind, $2, '', $3, nullif(e.subject, 0), "
      "nullif(e.name, ''), nullif(e.role, '') "
      "FROM unnest($4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::text[], $9::text[]) "
      "AS e (seq, message_id, kind, subject, name, role)",
      first.conversation_id, first.sender_id, first.created_at, columns.seqs, columns.message_ids,
      columns.kinds, columns.subjects, columns.names, columns.roles);
}

}  // namespace

// Two statements: what waits for a lock keeps the snapshot it began with.
std::optional<GroupStanding> LockStanding(Transaction& transaction, const GroupAct& act) {
  const pqxx::result rows = transaction.Run(
      "SELECT kind, name, members_count, last_seq, last_change, created_at, members_seq "
      "FROM conversations WHERE conversation_id = $1 FOR NO KEY UPDATE",
      act.conversation_id);
  if (rows.empty()) return std::nullopt;
  const std::optional<Role> role = FindRole(transaction, act.conversation_id, act.actor);
  if (!role) return std::nullopt;
  return GroupStanding{.conversation = ReadConversation(rows[0], act.conversation_id),
                       .members_seq = rows[0][6].as<Seq>(),
                       .actor_role = *role};
}

GroupEntries EntriesOf(const GroupAct& act, const GroupStanding& standing, UnixTime now) {
  return GroupEntries({.conversation_id = act.conversation_id,
                       .last_seq = standing.conversation.last_seq,
                       .members_seq = standing.members_seq,
                       .author = act.actor,
                       .now = now});
}

std::optional<Role> FindRole(Transaction& transaction, ConversationId conversation, UserId user) {
  const pqxx::result rows = transaction.Run(
      "SELECT role FROM conversation_members "
      "WHERE conversation_id = $1 AND user_id = $2 AND left_seq IS NULL",
      conversation, user);
  if (rows.empty()) return std::nullopt;
  return RoleFrom(rows[0][0].view());
}

std::vector<Member> ReadMembers(Transaction& transaction, const MemberPageRequest& page) {
  return MembersOf(transaction.Run(CHAT_MEMBER_COLUMNS
                                   "AND m.user_id > $2 ORDER BY m.user_id LIMIT $3",
                                   page.conversation_id, page.after, PageLimit(page.limit)));
}

std::vector<Member> ReadMembersAmong(Transaction& transaction, ConversationId conversation,
                                     const std::vector<UserId>& users) {
  return MembersOf(transaction.Run(CHAT_MEMBER_COLUMNS
                                   "AND m.user_id = ANY ($2::bigint[]) ORDER BY m.user_id",
                                   conversation, users));
}

std::vector<UserId> ReadMemberIds(Transaction& transaction, ConversationId conversation) {
  const pqxx::result rows = transaction.Run(
      "SELECT user_id FROM conversation_members "
      "WHERE conversation_id = $1 AND left_seq IS NULL ORDER BY user_id",
      conversation);
  std::vector<UserId> members;
  for (const pqxx::row& row : rows) members.push_back(row[0].as<UserId>());
  return members;
}

std::vector<UserId> LockMembers(Transaction& transaction, ConversationId conversation) {
  std::vector<UserId> members = ReadMemberIds(transaction, conversation);
  LockUsers(transaction, members);
  return members;
}

bool HasOtherOwner(Transaction& transaction, ConversationId conversation, UserId user) {
  return !transaction
              .Run(
                  "SELECT 1 FROM conversation_members WHERE conversation_id = $1 "
                  "AND user_id <> $2 AND role = 'owner' AND left_seq IS NULL LIMIT 1",
                  conversation, user)
              .empty();
}

void Join(Transaction& transaction, ConversationId conversation, const std::vector<UserId>& users,
          const std::vector<Seq>& joined_seqs) {
  transaction.Run(
      "INSERT INTO conversation_members (conversation_id, user_id, role, joined_seq, read_seq, "
      "delivered_seq) "
      "SELECT $1, j.user_id, 'member', j.seq, j.seq, j.seq "
      "FROM unnest($2::bigint[], $3::bigint[]) AS j (user_id, seq) ORDER BY j.user_id "
      "ON CONFLICT (conversation_id, user_id) DO UPDATE SET role = excluded.role, "
      "joined_seq = excluded.joined_seq, left_seq = NULL, read_seq = excluded.read_seq, "
      "delivered_seq = excluded.delivered_seq, muted_until = NULL, archived = false",
      conversation, users, joined_seqs);
}

void SetRole(Transaction& transaction, ConversationId conversation, const NewRole& change) {
  transaction.Run(
      "UPDATE conversation_members SET role = $3 WHERE conversation_id = $1 AND user_id = $2",
      conversation, change.subject, RoleName(change.role));
}

void Leave(Transaction& transaction, ConversationId conversation, UserId user, Seq left_seq) {
  transaction.Run(
      "UPDATE conversation_members SET left_seq = $3 WHERE conversation_id = $1 AND user_id = $2",
      conversation, user, left_seq);
}

void StoreEntries(ChangeTransaction& transaction, const GroupEntries& entries,
                  std::int64_t gained) {
  std::vector<Entry> stored = entries.all();
  for (Entry& entry : stored) entry.message_id = transaction.ids.Next<MessageId>(transaction.now);
  InsertEntries(transaction, stored);
  transaction.Run(
      "UPDATE conversations SET last_seq = $2, members_seq = $3, "
      "members_count = members_count + $4, last_activity = greatest(last_activity, $5) "
      "WHERE conversation_id = $1",
      entries.conversation_id(), entries.last_seq(), entries.members_seq(), gained, entries.now());
  for (Entry& entry : stored) {
    transaction.batch.entries.push_back(
        {.entry = std::move(entry), .origin = {}, .members_seq = entries.members_seq()});
  }
}

void TellUsers(ChangeTransaction& transaction, const std::vector<UserId>& users,
               ConversationEvent event, ConversationId conversation) {
  const pqxx::result rows = transaction.Run(
      "SELECT kind, name, members_count, last_seq, last_change, created_at "
      "FROM conversations WHERE conversation_id = $1",
      conversation);
  if (rows.empty()) return;
  AddUserChanges(
      transaction, users,
      {.event = event, .conversation = ReadConversation(rows[0], conversation), .peer = {}});
}

}  // namespace chat::postgres
