#include "server/sqlite/conversation_views.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/limits.h"
#include "protocol/timestamp.h"
#include "server/ports/messages.h"
#include "server/sqlite/entry_rows.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/user_rows.h"

namespace chat::sqlite {
namespace {

std::optional<User> FindPeer(Connection& connection, ConversationId conversation, UserId viewer) {
  Statement row(connection,
                "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot "
                "FROM conversation_members m JOIN users u ON u.user_id = m.user_id "
                "WHERE m.conversation_id = ?1 AND m.user_id <> ?2 LIMIT 1",
                conversation, viewer);
  if (!row.Step()) return std::nullopt;
  return ReadUser(row, 0);
}

std::int32_t CountUnread(Connection& connection, UserId viewer, const ConversationView& view) {
  if (view.conversation.last_seq <= view.my_read_seq) return 0;
  Statement row(connection,
                "SELECT count(*) FROM (SELECT 1 FROM messages WHERE conversation_id = ?1 "
                "AND seq > ?2 AND kind = 'text' AND sender_id <> ?3 AND deleted = 0 LIMIT ?4)",
                view.conversation.conversation_id, view.my_read_seq, viewer,
                std::int64_t{kUnreadCountMax});
  return row.Step() ? row.Get<int>(0) : 0;
}

std::optional<Entry> FindEntry(Connection& connection, ConversationId conversation, Seq seq) {
  Statement row(connection,
                "SELECT seq, message_id, kind, sender_id, client_msg_id, text, created_at, "
                "edited_at, deleted, reply_to_seq, subject_user_id, name, role, change "
                "FROM messages WHERE conversation_id = ?1 AND seq = ?2",
                conversation, seq);
  if (!row.Step()) return std::nullopt;
  return ReadEntry(row, conversation);
}

// What the rows of the conversation and of the member tell.
std::optional<ConversationView> FindBareView(Connection& connection, UserId viewer,
                                             ConversationId conversation) {
  Statement row(
      connection,
      "SELECT c.kind, c.name, c.members_count, c.last_seq, c.last_change, c.created_at, "
      "m.role, m.read_seq, c.last_activity, m.muted_until, m.archived FROM conversation_members m "
      "JOIN conversations c ON c.conversation_id = m.conversation_id "
      "WHERE m.conversation_id = ?1 AND m.user_id = ?2 AND m.left_seq IS NULL",
      conversation, viewer);
  if (!row.Step()) return std::nullopt;
  return ConversationView{.conversation = {.conversation_id = conversation,
                                           .kind = KindFrom(row.Get<std::string_view>(0)),
                                           .name = row.Get<std::string>(1),
                                           .members_count = row.Get<int>(2),
                                           .last_seq = row.Get<Seq>(3),
                                           .last_change = row.Get<Change>(4),
                                           .created_at = row.Get<UnixTime>(5)},
                          .peer = {},
                          .my_role = RoleFrom(row.Get<std::string_view>(6)),
                          .my_read_seq = row.Get<Seq>(7),
                          .last_message = {},
                          .last_activity_at = row.Get<UnixTime>(8),
                          .muted_until = row.Get<std::optional<UnixTime>>(9),
                          .archived = row.Get<bool>(10)};
}

// Sorts what the user has; the note at conversation_members_by_user says why.
std::vector<ConversationId> ListIds(Connection& connection, const ConversationPageRequest& page) {
  constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
  const std::int64_t before_activity =
      page.after ? page.after->last_activity_at.time_since_epoch().count() : kNewest;
  const std::int64_t before_id = page.after ? page.after->conversation_id.number() : kNewest;
  Statement rows(connection,
                 "SELECT c.conversation_id FROM conversation_members m "
                 "JOIN conversations c ON c.conversation_id = m.conversation_id "
                 "WHERE m.user_id = ?1 AND m.left_seq IS NULL "
                 "AND (c.last_activity, c.conversation_id) < (?2, ?3) "
                 "ORDER BY c.last_activity DESC, c.conversation_id DESC LIMIT ?4",
                 page.viewer, before_activity, before_id, PageLimit(page.limit));
  std::vector<ConversationId> ids;
  while (rows.Step()) ids.push_back(rows.Get<ConversationId>(0));
  return ids;
}

}  // namespace

ConversationKind KindFrom(std::string_view word) {
  return word == "group" ? ConversationKind::kGroup : ConversationKind::kDirect;
}

Role RoleFrom(std::string_view word) {
  if (word == "owner") return Role::kOwner;
  return word == "admin" ? Role::kAdmin : Role::kMember;
}

std::optional<ConversationView> FindView(Connection& connection, UserId viewer,
                                         ConversationId conversation) {
  std::optional<ConversationView> view = FindBareView(connection, viewer, conversation);
  if (!view) return std::nullopt;
  if (view->conversation.kind == ConversationKind::kDirect) {
    view->peer = FindPeer(connection, conversation, viewer);
  }
  view->unread_count = CountUnread(connection, viewer, *view);
  view->last_message = FindEntry(connection, conversation, view->conversation.last_seq);
  return view;
}

std::vector<ConversationView> ListViews(Connection& connection,
                                        const ConversationPageRequest& page) {
  std::vector<ConversationView> views;
  for (const ConversationId id : ListIds(connection, page)) {
    std::optional<ConversationView> view = FindView(connection, page.viewer, id);
    if (view) views.push_back(*std::move(view));
  }
  return views;
}

}  // namespace chat::sqlite
