#include "server/sqlite/marks.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "protocol/limits.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/conversation_views.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/user_changes.h"
#include "server/sqlite/user_rows.h"

namespace chat::sqlite {
namespace {

// A member's mark, and the conversation it is in.
struct StoredMark {
  Mark mark;
  Seq head;
  std::int64_t members_count;
};

std::optional<StoredMark> FindMark(Connection& connection, const Mark& said) {
  Statement row(connection,
                "SELECT m.delivered_seq, m.read_seq, c.last_seq, c.members_count "
                "FROM conversation_members m "
                "JOIN conversations c ON c.conversation_id = m.conversation_id "
                "WHERE m.conversation_id = ?1 AND m.user_id = ?2 AND m.left_seq IS NULL",
                said.conversation_id, said.user_id);
  if (!row.Step()) return std::nullopt;
  return StoredMark{.mark = {.conversation_id = said.conversation_id,
                             .user_id = said.user_id,
                             .delivered_seq = row.Get<Seq>(0),
                             .read_seq = row.Get<Seq>(1)},
                    .head = row.Get<Seq>(2),
                    .members_count = row.Get<std::int64_t>(3)};
}

void StoreMark(Connection& connection, const Mark& mark) {
  Statement(connection,
            "UPDATE conversation_members SET delivered_seq = ?3, read_seq = ?4 "
            "WHERE conversation_id = ?1 AND user_id = ?2",
            mark.conversation_id, mark.user_id, mark.delivered_seq, mark.read_seq)
      .Run();
}

std::vector<UserId> ListMemberIds(Connection& connection, ConversationId conversation) {
  Statement rows(connection,
                 "SELECT user_id FROM conversation_members "
                 "WHERE conversation_id = ?1 AND left_seq IS NULL ORDER BY user_id",
                 conversation);
  std::vector<UserId> members;
  while (rows.Step()) members.push_back(rows.Get<UserId>(0));
  return members;
}

std::optional<MarksMoved> AdvanceOne(WriteTransaction& transaction, const Mark& said) {
  const std::optional<StoredMark> stored = FindMark(transaction.connection, said);
  if (!stored) return std::nullopt;
  const Mark mark = MoveMark(stored->mark, said, stored->head);
  if (mark == stored->mark) return std::nullopt;
  StoreMark(transaction.connection, mark);
  MarksMoved moved{.conversation_id = mark.conversation_id,
                   .user_id = mark.user_id,
                   .delivered_seq = mark.delivered_seq,
                   .read_seq = mark.read_seq,
                   .listeners = {},
                   .origin = {}};
  if (stored->mark.read_seq < mark.read_seq)
    AddReadChange(transaction, mark.user_id, mark.conversation_id);
  if (stored->members_count <= std::int64_t{kReceiptMembersMax}) {
    moved.listeners = ListMemberIds(transaction.connection, mark.conversation_id);
  }
  return moved;
}

std::vector<MarksMoved> AdvanceAll(WriteTransaction& transaction, const std::vector<Mark>& marks) {
  std::vector<MarksMoved> all;
  for (const Mark& said : marks) {
    std::optional<MarksMoved> moved = AdvanceOne(transaction, said);
    if (moved) all.push_back(*std::move(moved));
  }
  return all;
}

// A block closes a conversation of two, and does nothing in a group.
std::vector<UserId> ListOthers(Connection& connection, UserId user, ConversationId conversation) {
  Statement rows(connection,
                 "SELECT o.user_id FROM conversation_members m "
                 "JOIN conversations c ON c.conversation_id = m.conversation_id "
                 "JOIN conversation_members o ON o.conversation_id = m.conversation_id "
                 "WHERE m.conversation_id = ?2 AND m.user_id = ?1 AND m.left_seq IS NULL "
                 "AND NOT c.closed AND c.members_count <= ?3 AND o.user_id <> ?1 "
                 "AND o.left_seq IS NULL ORDER BY o.user_id",
                 user, conversation, std::int64_t{kReceiptMembersMax});
  std::vector<UserId> others;
  while (rows.Step()) others.push_back(rows.Get<UserId>(0));
  return others;
}

// The sender of the entry, where the viewer may see it.
std::optional<UserId> FindVisibleSender(Connection& connection, const ReaderPageRequest& page) {
  Statement row(connection,
                "SELECT e.sender_id FROM conversation_members m "
                "JOIN messages e ON e.conversation_id = m.conversation_id AND e.seq = ?3 "
                "WHERE m.conversation_id = ?1 AND m.user_id = ?2 AND m.left_seq IS NULL",
                page.conversation_id, page.viewer, page.seq);
  if (!row.Step()) return std::nullopt;
  return row.Get<UserId>(0);
}

Result<std::vector<Reader>, ViewError> ListReadersOf(Connection& connection,
                                                     const ReaderPageRequest& page) {
  const std::optional<UserId> sender = FindVisibleSender(connection, page);
  if (!sender) return std::unexpected(ViewError::kNotFound);
  Statement rows(connection,
                 "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, m.read_seq "
                 "FROM conversation_members m JOIN users u ON u.user_id = m.user_id "
                 "WHERE m.conversation_id = ?1 AND m.user_id > ?2 AND m.left_seq IS NULL "
                 "AND m.read_seq >= ?3 AND m.user_id <> ?4 ORDER BY m.user_id LIMIT ?5",
                 page.conversation_id, page.after, page.seq, *sender, PageLimit(page.limit));
  std::vector<Reader> readers;
  while (rows.Step()) readers.push_back({ReadUser(rows, 0), rows.Get<Seq>(5)});
  return readers;
}

Result<ConversationView, ViewError> ReplaceSettings(WriteTransaction& transaction,
                                                    const MemberSettings& settings) {
  Statement(transaction.connection,
            "UPDATE conversation_members SET muted_until = ?3, archived = ?4 "
            "WHERE conversation_id = ?1 AND user_id = ?2 AND left_seq IS NULL",
            settings.conversation_id, settings.user_id, settings.muted_until,
            std::int64_t{settings.archived})
      .Run();
  std::optional<ConversationView> view =
      FindView(transaction.connection, settings.user_id, settings.conversation_id);
  if (!view) return std::unexpected(ViewError::kNotFound);
  AddUserChange(transaction, settings.user_id,
                ConversationChanged{.event = ConversationEvent::kChanged,
                                    .conversation = view->conversation,
                                    .peer = view->peer});
  return *std::move(view);
}

}  // namespace

void Marks::Advance(std::vector<Mark> marks, Completion<std::vector<MarksMoved>, ReadError> done) {
  std::ranges::sort(
      marks, {}, [](const Mark& mark) { return std::tuple(mark.conversation_id, mark.user_id); });
  const std::size_t bytes = marks.size() * sizeof(Mark);
  database_.Write(
      home_, std::move(done),
      [marks = std::move(marks)](WriteTransaction& transaction)
          -> Result<std::vector<MarksMoved>, ReadError> { return AdvanceAll(transaction, marks); },
      bytes);
}

void Marks::FindListeners(UserId user, ConversationId conversation,
                          Completion<std::vector<UserId>, ReadError> done) {
  database_.Read(
      home_, std::move(done),
      [user, conversation](ReadTransaction& transaction) -> Result<std::vector<UserId>, ReadError> {
        return ListOthers(transaction.connection, user, conversation);
      });
}

void Marks::ListReaders(ReaderPageRequest page, Completion<std::vector<Reader>, ViewError> done) {
  database_.Read(home_, std::move(done), [page](ReadTransaction& transaction) {
    return ListReadersOf(transaction.connection, page);
  });
}

void Marks::Set(MemberSettings settings, Completion<ConversationView, ViewError> done) {
  database_.Write(home_, std::move(done), [settings](WriteTransaction& transaction) {
    return ReplaceSettings(transaction, settings);
  });
}

}  // namespace chat::sqlite
