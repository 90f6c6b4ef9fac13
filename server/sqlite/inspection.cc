#include "server/sqlite/inspection.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/timestamp.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/conversation_views.h"
#include "server/sqlite/entry_rows.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/user_rows.h"

namespace chat::sqlite {
namespace {

// How far the time in an id may be ahead of the clock that stamped its message.
constexpr std::chrono::minutes kIdAheadMax{1};

struct Candidate {
  ConversationId conversation;
  Seq last_seq;
};

// The conversations that were there before the message, and had an entry since.
std::vector<Candidate> FindCandidates(Connection& connection, MessageId message) {
  Statement rows(connection,
                 "SELECT conversation_id, last_seq FROM conversations "
                 "WHERE conversation_id < ?1 AND last_activity >= ?2",
                 message, IdTime(message.number()) - kIdAheadMax);
  std::vector<Candidate> candidates;
  while (rows.Step()) {
    candidates.push_back(
        {.conversation = rows.Get<ConversationId>(0), .last_seq = rows.Get<Seq>(1)});
  }
  return candidates;
}

// Halves what is left of the conversation: the one writer of this store gives out ids that rise
// with seq.
std::optional<Seq> FindSeq(Connection& connection, const Candidate& in, MessageId message) {
  std::int64_t first = 1;
  std::int64_t last = in.last_seq.number();
  while (first <= last) {
    const Seq middle(first + (last - first) / 2);
    Statement row(connection,
                  "SELECT message_id FROM messages WHERE conversation_id = ?1 AND seq = ?2",
                  in.conversation, middle);
    if (!row.Step()) return std::nullopt;
    const auto found = row.Get<MessageId>(0);
    if (found == message) return middle;
    if (found < message) {
      first = middle.number() + 1;
    } else {
      last = middle.number() - 1;
    }
  }
  return std::nullopt;
}

// An index by message_id would cost something with each message; this costs a few look-ups for each
// conversation, and is asked for once in a while.
std::optional<Entry> FindEntry(Connection& connection, MessageId message) {
  for (const Candidate& candidate : FindCandidates(connection, message)) {
    const std::optional<Seq> seq = FindSeq(connection, candidate, message);
    if (!seq) continue;
    Statement row(connection,
                  "SELECT seq, message_id, kind, sender_id, client_msg_id, text, created_at, "
                  "edited_at, deleted, reply_to_seq, subject_user_id, name, role, change "
                  "FROM messages WHERE conversation_id = ?1 AND seq = ?2",
                  candidate.conversation, *seq);
    if (row.Step()) return ReadEntry(row, candidate.conversation);
  }
  return std::nullopt;
}

Conversation FindConversation(Connection& connection, ConversationId conversation) {
  Statement row(connection,
                "SELECT kind, name, members_count, last_seq, last_change, created_at "
                "FROM conversations WHERE conversation_id = ?1",
                conversation);
  if (!row.Step()) return {};
  return {.conversation_id = conversation,
          .kind = KindFrom(row.Get<std::string_view>(0)),
          .name = row.Get<std::string>(1),
          .members_count = row.Get<int>(2),
          .last_seq = row.Get<Seq>(3),
          .last_change = row.Get<Change>(4),
          .created_at = row.Get<UnixTime>(5)};
}

std::vector<TracedMember> ListMembers(Connection& connection, const Entry& entry, int limit) {
  Statement rows(connection,
                 "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, m.left_seq, "
                 "m.delivered_seq, m.read_seq FROM conversation_members m "
                 "JOIN users u ON u.user_id = m.user_id WHERE m.conversation_id = ?1 "
                 "AND (m.left_seq IS NULL OR m.left_seq >= ?2) ORDER BY m.user_id LIMIT ?3",
                 entry.conversation_id, entry.seq, PageLimit(limit));
  std::vector<TracedMember> members;
  while (rows.Step()) {
    members.push_back({.user = ReadUser(rows, 0),
                       .left_seq = rows.Get<std::optional<Seq>>(5),
                       .delivered_seq = rows.Get<Seq>(6),
                       .read_seq = rows.Get<Seq>(7)});
  }
  return members;
}

Result<MessageTrace, ViewError> TraceMessage(ReadTransaction& transaction,
                                             const TraceRequest& request) {
  Connection& connection = transaction.connection;
  std::optional<Entry> entry = FindEntry(connection, request.message);
  if (!entry) return std::unexpected(ViewError::kNotFound);
  MessageTrace trace{
      .entry = *std::move(entry), .conversation = {}, .sender = {}, .commit = {}, .members = {}};
  trace.conversation = FindConversation(connection, trace.entry.conversation_id);
  trace.sender = FindUser(connection, trace.entry.sender_id);
  trace.members = ListMembers(connection, trace.entry, request.members_max);
  return trace;
}

std::optional<ConversationId> FindNext(Connection& connection, UserId user, ConversationId after) {
  Statement row(connection,
                "SELECT conversation_id FROM conversation_members "
                "WHERE user_id = ?1 AND conversation_id > ?2 ORDER BY conversation_id LIMIT 1",
                user, after);
  if (!row.Step()) return std::nullopt;
  return row.Get<ConversationId>(0);
}

}  // namespace

void Inspection::Trace(TraceRequest request, Completion<MessageTrace, ViewError> done) {
  database_.Read(home_, std::move(done), [request](ReadTransaction& transaction) {
    return TraceMessage(transaction, request);
  });
}

void Inspection::NextConversation(UserId user, ConversationId after,
                                  Completion<std::optional<ConversationId>, ReadError> done) {
  database_.Read(
      home_, std::move(done),
      [user,
       after](ReadTransaction& transaction) -> Result<std::optional<ConversationId>, ReadError> {
        return FindNext(transaction.connection, user, after);
      });
}

}  // namespace chat::sqlite
