#include "server/postgres/marks.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "protocol/limits.h"
#include "server/postgres/conversation_views.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/transaction.h"
#include "server/postgres/user_changes.h"
#include "server/postgres/user_rows.h"

namespace chat::postgres {
namespace {

// Marks as columns, in the order of their keys, which is the order of locks.
struct MarkColumns {
  std::vector<ConversationId> conversations;
  std::vector<UserId> users;
  std::vector<Seq> delivered;
  std::vector<Seq> read;
};

MarkColumns ToColumns(const std::vector<Mark>& marks) {
  MarkColumns columns;
  for (const Mark& mark : marks) {
    columns.conversations.push_back(mark.conversation_id);
    columns.users.push_back(mark.user_id);
    columns.delivered.push_back(mark.delivered_seq);
    columns.read.push_back(mark.read_seq);
  }
  return columns;
}

// A mark that moves, and the size of its conversation.
struct Move {
  Mark from;
  Mark to;
  int members_count;
};

std::tuple<ConversationId, UserId> KeyOf(const Mark& mark) {
  return {mark.conversation_id, mark.user_id};
}

// Locks the users, whose changes are counted, and then the members.
pqxx::result LockMarks(Transaction& transaction, const MarkColumns& said) {
  LockUsers(transaction, said.users);
  return transaction.Run(
      "SELECT m.conversation_id, m.user_id, m.delivered_seq, m.read_seq, c.last_seq, "
      "c.members_count FROM unnest($1::bigint[], $2::bigint[]) AS s (conversation_id, user_id) "
      "JOIN conversation_members m "
      "ON m.conversation_id = s.conversation_id AND m.user_id = s.user_id "
      "JOIN conversations c ON c.conversation_id = m.conversation_id "
      "WHERE m.left_seq IS NULL ORDER BY m.conversation_id, m.user_id FOR NO KEY UPDATE OF m",
      said.conversations, said.users);
}

// `said` is sorted. A head that has risen since it was read cuts off what a client cannot have seen
// yet.
std::vector<Move> FindMoves(Transaction& transaction, const std::vector<Mark>& said) {
  std::vector<Move> moves;
  for (const pqxx::row& row : LockMarks(transaction, ToColumns(said))) {
    const Mark from{.conversation_id = row[0].as<ConversationId>(),
                    .user_id = row[1].as<UserId>(),
                    .delivered_seq = row[2].as<Seq>(),
                    .read_seq = row[3].as<Seq>()};
    const auto asked = std::ranges::lower_bound(said, KeyOf(from), {}, KeyOf);
    const Mark to = MoveMark(from, *asked, row[4].as<Seq>());
    if (to != from) moves.push_back({from, to, row[5].as<int>()});
  }
  return moves;
}

void StoreMarks(Transaction& transaction, const MarkColumns& marks) {
  transaction.Run(
      "UPDATE conversation_members m SET delivered_seq = s.delivered_seq, read_seq = s.read_seq "
      "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) "
      "AS s (conversation_id, user_id, delivered_seq, read_seq) "
      "WHERE m.conversation_id = s.conversation_id AND m.user_id = s.user_id",
      marks.conversations, marks.users, marks.delivered, marks.read);
}

// Of those conversations that are small enough to be told of marks.
std::map<ConversationId, std::vector<UserId>> ListMemberIds(Transaction& transaction,
                                                            const std::vector<Move>& moves) {
  std::vector<ConversationId> small;
  for (const Move& move : moves) {
    const bool told = move.members_count <= static_cast<int>(kReceiptMembersMax);
    const ConversationId id = move.to.conversation_id;
    if (told && (small.empty() || small.back() != id)) small.push_back(id);
  }
  std::map<ConversationId, std::vector<UserId>> members;
  if (small.empty()) return members;
  const pqxx::result rows = transaction.Run(
      "SELECT conversation_id, user_id FROM conversation_members "
      "WHERE conversation_id = ANY ($1::bigint[]) AND left_seq IS NULL "
      "ORDER BY conversation_id, user_id",
      small);
  for (const pqxx::row& row : rows) {
    members[row[0].as<ConversationId>()].push_back(row[1].as<UserId>());
  }
  return members;
}

std::vector<MarksMoved> AdvanceAll(Transaction& transaction, const std::vector<Mark>& said) {
  const std::vector<Move> moves = FindMoves(transaction, said);
  if (moves.empty()) return {};
  std::vector<Mark> marks;
  std::vector<OwnRead> reads;
  for (const Move& move : moves) {
    marks.push_back(move.to);
    if (move.from.read_seq < move.to.read_seq) {
      reads.push_back({move.to.user_id, move.to.conversation_id});
    }
  }
  StoreMarks(transaction, ToColumns(marks));
  AddReadChanges(transaction, reads);
  const auto members = ListMemberIds(transaction, moves);
  std::vector<MarksMoved> all;
  for (const Move& move : moves) {
    const auto listeners = members.find(move.to.conversation_id);
    all.push_back(
        {.conversation_id = move.to.conversation_id,
         .user_id = move.to.user_id,
         .delivered_seq = move.to.delivered_seq,
         .read_seq = move.to.read_seq,
         .listeners = listeners == members.end() ? std::vector<UserId>() : listeners->second,
         .origin = {}});
  }
  return all;
}

// A block closes a conversation of two, and does nothing in a group.
std::vector<UserId> ListOthers(Transaction& transaction, UserId user, ConversationId conversation) {
  const pqxx::result rows = transaction.Run(
      "SELECT o.user_id FROM conversation_members m "
      "JOIN conversations c ON c.conversation_id = m.conversation_id "
      "JOIN conversation_members o ON o.conversation_id = m.conversation_id "
      "WHERE m.conversation_id = $2 AND m.user_id = $1 AND m.left_seq IS NULL "
      "AND NOT c.closed AND c.members_count <= $3 AND o.user_id <> $1 "
      "AND o.left_seq IS NULL ORDER BY o.user_id",
      user, conversation, static_cast<int>(kReceiptMembersMax));
  std::vector<UserId> others;
  for (const pqxx::row& row : rows) others.push_back(row[0].as<UserId>());
  return others;
}

// The sender of the entry, where the viewer may see it.
std::optional<UserId> FindVisibleSender(Transaction& transaction, const ReaderPageRequest& page) {
  const pqxx::result rows = transaction.Run(
      "SELECT e.sender_id FROM conversation_members m "
      "JOIN messages e ON e.conversation_id = m.conversation_id AND e.seq = $3 "
      "WHERE m.conversation_id = $1 AND m.user_id = $2 AND m.left_seq IS NULL",
      page.conversation_id, page.viewer, page.seq);
  if (rows.empty()) return std::nullopt;
  return rows[0][0].as<UserId>();
}

Result<std::vector<Reader>, ViewError> ListReadersOf(Transaction& transaction,
                                                     const ReaderPageRequest& page) {
  const std::optional<UserId> sender = FindVisibleSender(transaction, page);
  if (!sender) return std::unexpected(ViewError::kNotFound);
  const pqxx::result rows = transaction.Run(
      "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, m.read_seq "
      "FROM conversation_members m JOIN users u ON u.user_id = m.user_id "
      "WHERE m.conversation_id = $1 AND m.user_id > $2 AND m.left_seq IS NULL "
      "AND m.read_seq >= $3 AND m.user_id <> $4 ORDER BY m.user_id LIMIT $5",
      page.conversation_id, page.after, page.seq, *sender, PageLimit(page.limit));
  std::vector<Reader> readers;
  for (const pqxx::row& row : rows) readers.push_back({ReadUser(row, 0), row[5].as<Seq>()});
  return readers;
}

// The lock of the user comes first, because their change is counted at the end.
Result<ConversationView, ViewError> ReplaceSettings(ChangeTransaction& transaction,
                                                    const MemberSettings& settings) {
  LockUsers(transaction, {settings.user_id});
  transaction.Run(
      "UPDATE conversation_members SET muted_until = $3, archived = $4 "
      "WHERE conversation_id = $1 AND user_id = $2 AND left_seq IS NULL",
      settings.conversation_id, settings.user_id, settings.muted_until, settings.archived);
  std::optional<ConversationView> view =
      FindView(transaction, settings.user_id, settings.conversation_id);
  if (!view) return std::unexpected(ViewError::kNotFound);
  AddUserChange(transaction, settings.user_id,
                ConversationChanged{.event = ConversationEvent::kChanged,
                                    .conversation = view->conversation,
                                    .peer = view->peer});
  return *std::move(view);
}

}  // namespace

void Marks::Advance(std::vector<Mark> marks, Completion<std::vector<MarksMoved>, ReadError> done) {
  std::ranges::sort(marks, {}, KeyOf);
  database_.Write(home_, std::move(done),
                  [marks = std::move(marks)](
                      Transaction& transaction) -> Result<std::vector<MarksMoved>, ReadError> {
                    return AdvanceAll(transaction, marks);
                  });
}

void Marks::FindListeners(UserId user, ConversationId conversation,
                          Completion<std::vector<UserId>, ReadError> done) {
  database_.Read(
      home_, std::move(done),
      [user, conversation](Transaction& transaction) -> Result<std::vector<UserId>, ReadError> {
        return ListOthers(transaction, user, conversation);
      });
}

void Marks::ListReaders(ReaderPageRequest page, Completion<std::vector<Reader>, ViewError> done) {
  database_.Read(home_, std::move(done),
                 [page](Transaction& transaction) { return ListReadersOf(transaction, page); });
}

void Marks::Set(MemberSettings settings, Completion<ConversationView, ViewError> done) {
  database_.Change(home_, std::move(done), [settings](ChangeTransaction& transaction) {
    return ReplaceSettings(transaction, settings);
  });
}

}  // namespace chat::postgres
