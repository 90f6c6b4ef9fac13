#include "server/postgres/inspection.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "protocol/timestamp.h"
#include "server/postgres/conversation_views.h"
#include "server/postgres/entry_rows.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/transaction.h"
#include "server/postgres/user_rows.h"

namespace chat::postgres {
namespace {

// Between the time in a message and the one in its row of the log, which another node's clock may
// have stamped.
constexpr std::chrono::seconds kLoggedWithin{5};

constexpr int kSenderColumn = 7;
constexpr int kEntryColumn = 12;

// The conversation, the sender and the entry.
std::optional<MessageTrace> FindMessage(Transaction& transaction, MessageId message) {
  const pqxx::result rows = transaction.Run(
      "SELECT c.conversation_id, c.kind, c.name, c.members_count, c.last_seq, c.last_change, "
      "c.created_at, u.user_id, u.username, u.display_name, u.created_at, u.bot, "
      "m.seq, m.message_id, m.kind, m.sender_id, m.client_msg_id, m.text, m.created_at, "
      "m.edited_at, m.deleted, m.reply_to_seq, m.subject_user_id, m.name, m.role, m.change "
      "FROM messages m JOIN conversations c ON c.conversation_id = m.conversation_id "
      "LEFT JOIN users u ON u.user_id = m.sender_id WHERE m.message_id = $1 LIMIT 1",
      message);
  if (rows.empty()) return std::nullopt;
  const pqxx::row& row = rows[0];
  const auto id = row[0].as<ConversationId>();
  MessageTrace trace{.entry = ReadEntry(row, kEntryColumn, id),
                     .conversation = {.conversation_id = id,
                                      .kind = KindFrom(row[1].view()),
                                      .name = row[2].as<std::string>(),
                                      .members_count = row[3].as<int>(),
                                      .last_seq = row[4].as<Seq>(),
                                      .last_change = row[5].as<Change>(),
                                      .created_at = row[6].as<UnixTime>()},
                     .sender = {},
                     .commit = {},
                     .members = {}};
  if (!row[kSenderColumn].is_null()) trace.sender = ReadUser(row, kSenderColumn);
  return trace;
}

// Nothing when the log has been trimmed since.
std::optional<TracedCommit> FindCommit(Transaction& transaction, const Entry& entry) {
  const pqxx::result rows = transaction.Run(
      "SELECT l.origin, l.lane, l.batch, l.created_at, coalesce(n.name, '') FROM commit_log l "
      "LEFT JOIN nodes n ON n.epoch = l.origin WHERE l.created_at BETWEEN $3 AND $4 "
      "AND EXISTS (SELECT 1 FROM unnest(l.conversation_ids, l.seqs) AS e (conversation_id, seq) "
      "WHERE e.conversation_id = $1 AND e.seq = $2) LIMIT 1",
      entry.conversation_id, entry.seq, entry.created_at - kLoggedWithin,
      entry.created_at + kLoggedWithin);
  if (rows.empty()) return std::nullopt;
  const pqxx::row& row = rows[0];
  return TracedCommit{
      .position = {row[0].as<Epoch>(), row[1].as<std::uint32_t>(), row[2].as<std::uint64_t>()},
      .node = row[4].as<std::string>(),
      .committed_at = row[3].as<UnixTime>()};
}

std::vector<TracedMember> ListMembers(Transaction& transaction, const Entry& entry, int limit) {
  const pqxx::result rows = transaction.Run(
      "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, m.left_seq, "
      "m.delivered_seq, m.read_seq FROM conversation_members m "
      "JOIN users u ON u.user_id = m.user_id WHERE m.conversation_id = $1 "
      "AND (m.left_seq IS NULL OR m.left_seq >= $2) ORDER BY m.user_id LIMIT $3",
      entry.conversation_id, entry.seq, PageLimit(limit));
  std::vector<TracedMember> members;
  for (const pqxx::row& row : rows) {
    members.push_back({.user = ReadUser(row, 0),
                       .left_seq = row[5].as<std::optional<Seq>>(),
                       .delivered_seq = row[6].as<Seq>(),
                       .read_seq = row[7].as<Seq>()});
  }
  return members;
}

Result<MessageTrace, ViewError> TraceMessage(Transaction& transaction,
                                             const TraceRequest& request) {
  std::optional<MessageTrace> trace = FindMessage(transaction, request.message);
  if (!trace) return std::unexpected(ViewError::kNotFound);
  trace->commit = FindCommit(transaction, trace->entry);
  trace->members = ListMembers(transaction, trace->entry, request.members_max);
  return *std::move(trace);
}

// Those that the user is in and those that they left have an index each.
std::optional<ConversationId> FindNext(Transaction& transaction, UserId user,
                                       ConversationId after) {
  const pqxx::result rows = transaction.Run(
      "(SELECT conversation_id FROM conversation_members WHERE user_id = $1 "
      "AND conversation_id > $2 AND left_seq IS NULL ORDER BY conversation_id LIMIT 1) "
      "UNION ALL "
      "(SELECT conversation_id FROM conversation_members WHERE user_id = $1 "
      "AND conversation_id > $2 AND left_seq IS NOT NULL ORDER BY conversation_id LIMIT 1) "
      "ORDER BY conversation_id LIMIT 1",
      user, after);
  if (rows.empty()) return std::nullopt;
  return rows[0][0].as<ConversationId>();
}

}  // namespace

void Inspection::Trace(TraceRequest request, Completion<MessageTrace, ViewError> done) {
  database_.Read(home_, std::move(done), [request](Transaction& transaction) {
    return TraceMessage(transaction, request);
  });
}

void Inspection::NextConversation(UserId user, ConversationId after,
                                  Completion<std::optional<ConversationId>, ReadError> done) {
  database_.Read(
      home_, std::move(done),
      [user, after](Transaction& transaction) -> Result<std::optional<ConversationId>, ReadError> {
        return FindNext(transaction, user, after);
      });
}

}  // namespace chat::postgres
