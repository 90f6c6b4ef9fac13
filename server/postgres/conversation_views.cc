#include "server/postgres/conversation_views.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/limits.h"
#include "protocol/timestamp.h"
#include "server/ports/accounts.h"
#include "server/ports/messages.h"
#include "server/postgres/entry_rows.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/user_rows.h"

namespace chat::postgres {
namespace {

// The columns of a view, made of the rows `v` of which conversations it is to be. They are chosen
// first, so that what costs something is done for those of the page only.
// kUnreadCountMax is $2 in both statements.
#define CHAT_VIEW_OF_CHOSEN                                                                       \
  "SELECT v.conversation_id, v.kind, v.name, v.members_count, v.last_seq, v.last_change, "        \
  "v.created_at, v.role, v.read_seq, v.last_activity, "                                           \
  "(SELECT count(*) FROM (SELECT 1 FROM messages t WHERE t.conversation_id = v.conversation_id "  \
  "AND t.seq > v.read_seq AND t.kind = 'text' AND t.sender_id <> $1 AND NOT t.deleted "           \
  "LIMIT $2) AS unread), "                                                                        \
  "p.user_id, p.username, p.display_name, p.created_at, p.bot, "                                  \
  "l.seq, l.message_id, l.kind, l.sender_id, l.client_msg_id, l.text, l.created_at, "             \
  "l.edited_at, l.deleted, l.reply_to_seq, l.subject_user_id, l.name, l.role, l.change, "         \
  "v.muted_until, v.archived "                                                                    \
  "FROM chosen v LEFT JOIN LATERAL (SELECT u.user_id, u.username, u.display_name, u.created_at, " \
  "u.bot FROM conversation_members o JOIN users u ON u.user_id = o.user_id "                      \
  "WHERE v.kind = 'direct' AND o.conversation_id = v.conversation_id AND o.user_id <> $1 "        \
  "LIMIT 1) AS p ON true "                                                                        \
  "LEFT JOIN messages l ON l.conversation_id = v.conversation_id AND l.seq = v.last_seq "

#define CHAT_CHOSEN_COLUMNS                                                                \
  "SELECT c.conversation_id, c.kind, c.name, c.members_count, c.last_seq, c.last_change, " \
  "c.created_at, c.last_activity, m.role, m.read_seq, m.muted_until, m.archived "          \
  "FROM conversation_members m "                                                           \
  "JOIN conversations c ON c.conversation_id = m.conversation_id "                         \
  "WHERE m.user_id = $1 AND m.left_seq IS NULL "

constexpr int kPeerColumn = 11;
constexpr int kEntryColumn = 16;
constexpr int kSettingsColumn = 30;

ConversationView ReadView(const pqxx::row& row) {
  const auto id = row[0].as<ConversationId>();
  ConversationView view{.conversation = {.conversation_id = id,
                                         .kind = KindFrom(row[1].view()),
                                         .name = row[2].as<std::string>(),
                                         .members_count = row[3].as<int>(),
                                         .last_seq = row[4].as<Seq>(),
                                         .last_change = row[5].as<Change>(),
                                         .created_at = row[6].as<UnixTime>()},
                        .peer = {},
                        .my_role = RoleFrom(row[7].view()),
                        .my_read_seq = row[8].as<Seq>(),
                        .unread_count = row[10].as<int>(),
                        .last_message = {},
                        .last_activity_at = row[9].as<UnixTime>(),
                        .muted_until = row[kSettingsColumn].as<std::optional<UnixTime>>(),
                        .archived = row[kSettingsColumn + 1].as<bool>()};
  if (!row[kPeerColumn].is_null()) view.peer = ReadUser(row, kPeerColumn);
  if (!row[kEntryColumn].is_null()) view.last_message = ReadEntry(row, kEntryColumn, id);
  return view;
}

}  // namespace

ConversationKind KindFrom(std::string_view word) {
  return word == "group" ? ConversationKind::kGroup : ConversationKind::kDirect;
}

Role RoleFrom(std::string_view word) {
  if (word == "owner") return Role::kOwner;
  return word == "admin" ? Role::kAdmin : Role::kMember;
}

std::optional<ConversationView> FindView(Transaction& transaction, UserId viewer,
                                         ConversationId conversation) {
  const pqxx::result rows = transaction.Run("WITH chosen AS (" CHAT_CHOSEN_COLUMNS
                                            "AND m.conversation_id = $3) " CHAT_VIEW_OF_CHOSEN,
                                            viewer, std::int64_t{kUnreadCountMax}, conversation);
  if (rows.empty()) return std::nullopt;
  return ReadView(rows[0]);
}

std::vector<ConversationView> FindViews(Transaction& transaction, UserId viewer,
                                        const std::vector<ConversationId>& conversations) {
  const pqxx::result rows =
      transaction.Run("WITH chosen AS (" CHAT_CHOSEN_COLUMNS
                      "AND m.conversation_id = ANY ($3::bigint[])) " CHAT_VIEW_OF_CHOSEN,
                      viewer, std::int64_t{kUnreadCountMax}, conversations);
  std::vector<ConversationView> views;
  for (const pqxx::row& row : rows) views.push_back(ReadView(row));
  return views;
}

// Sorts what the user has; the note at conversation_members_by_user says why.
std::vector<ConversationView> ListViews(Transaction& transaction,
                                        const ConversationPageRequest& page) {
  constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
  const std::int64_t before_activity =
      page.after ? page.after->last_activity_at.time_since_epoch().count() : kNewest;
  const std::int64_t before_id = page.after ? page.after->conversation_id.number() : kNewest;
  const pqxx::result rows = transaction.Run(
      "WITH chosen AS (" CHAT_CHOSEN_COLUMNS
      "AND (c.last_activity, c.conversation_id) < ($3, $4) "
      "ORDER BY c.last_activity DESC, c.conversation_id DESC LIMIT $5) " CHAT_VIEW_OF_CHOSEN
      "ORDER BY v.last_activity DESC, v.conversation_id DESC",
      page.viewer, std::int64_t{kUnreadCountMax}, before_activity, before_id,
      PageLimit(page.limit));
  std::vector<ConversationView> views;
  for (const pqxx::row& row : rows) views.push_back(ReadView(row));
  return views;
}

}  // namespace chat::postgres
