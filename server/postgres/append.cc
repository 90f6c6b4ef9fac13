#include "server/postgres/append.h"

#include <sodium/crypto_generichash.h>

#include <algorithm>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <utility>

#include "server/postgres/values.h"

namespace chat::postgres {
namespace {

static_assert(std::tuple_size_v<ContentHash> >= crypto_generichash_BYTES_MIN);

constexpr std::string_view kLeaseEnded = "CF001";

// The function's arrays.
struct Columns {
  std::vector<ConversationId> conversations;  // ascending, none twice
  std::vector<int> places;                    // of each message's conversation there, from 1
  std::vector<UserId> senders;
  std::vector<std::string> client_msg_ids;
  std::vector<std::string> hashes;
  std::vector<std::int64_t> replies;  // 0: none
  std::vector<MessageId> message_ids;
  std::vector<std::string> texts;
};

// What names no entry must not be taken for no reply.
std::int64_t ReplyColumn(const NewMessage& message) {
  constexpr std::int64_t kNoEntry = -1;
  if (!message.reply_to_seq) return 0;
  return *message.reply_to_seq == Seq() ? kNoEntry : message.reply_to_seq->number();
}

std::vector<ConversationId> Conversations(std::span<const PendingAppend* const> messages) {
  std::vector<ConversationId> conversations;
  for (const auto* pending : messages) conversations.push_back(pending->message.conversation_id);
  std::ranges::sort(conversations);
  const auto doubles = std::ranges::unique(conversations);
  conversations.erase(doubles.begin(), doubles.end());
  return conversations;
}

Columns MakeColumns(std::span<const PendingAppend* const> messages, Ids& ids, UnixTime now) {
  Columns columns;
  columns.conversations = Conversations(messages);
  for (const auto* pending : messages) {
    const NewMessage& message = pending->message;
    const auto place = std::ranges::lower_bound(columns.conversations, message.conversation_id);
    columns.places.push_back(1 + static_cast<int>(place - columns.conversations.begin()));
    columns.senders.push_back(message.sender_id);
    columns.client_msg_ids.push_back(message.client_msg_id);
    columns.hashes.push_back(
        ToHexText({reinterpret_cast<const char*>(pending->hash.data()), pending->hash.size()}));
    columns.replies.push_back(ReplyColumn(message));
    columns.message_ids.push_back(ids.Next<MessageId>(now));
    columns.texts.push_back(message.text);
  }
  return columns;
}

AppendOutcome OutcomeFrom(std::string_view word) {
  if (word == "stored") return AppendOutcome::kStored;
  if (word == "repeat") return AppendOutcome::kRepeat;
  if (word == "skipped") return AppendOutcome::kSkipped;
  if (word == "closed") return AppendOutcome::kClosed;
  if (word == "id_reused") return AppendOutcome::kIdReused;
  if (word == "reply_not_found") return AppendOutcome::kReplyNotFound;
  return AppendOutcome::kNotFound;
}

AppendVerdict ReadVerdict(const pqxx::row& row) {
  AppendVerdict verdict;
  verdict.outcome = OutcomeFrom(row[0].view());
  verdict.members_seq = row[4].as<Seq>();
  if (verdict.outcome == AppendOutcome::kStored || verdict.outcome == AppendOutcome::kRepeat) {
    verdict.appended = {.message_id = row[2].as<MessageId>(),
                        .seq = row[1].as<Seq>(),
                        .created_at = row[3].as<UnixTime>()};
  }
  return verdict;
}

pqxx::result Call(Connection& connection, const AppendCall& call, const Columns& columns) {
  // The one statement is the transaction: a batch costs one way there and back.
  pqxx::nontransaction sql(connection.pq());
  try {
    return connection.Run(
        sql,
        "SELECT outcome, seq, message_id, created_at, members_seq FROM append_batch("
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        call.lease.number.number(), call.lease.epoch, call.position.lane, call.position.batch,
        call.locks == LockWait::kWait, call.now, columns.conversations, columns.places,
        columns.senders, columns.client_msg_ids, columns.hashes, columns.replies,
        columns.message_ids, columns.texts);
  } catch (const pqxx::sql_error& error) {
    if (error.sqlstate() == kLeaseEnded) throw LeaseEnded();
    throw;
  }
}

}  // namespace

ContentHash HashContent(const NewMessage& message) {
  // Zero is no seq, so "no reply" is told from every reply.
  const std::int64_t reply = message.reply_to_seq.value_or(Seq()).number();
  ContentHash hash;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, hash.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&reply), sizeof(reply));
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(message.text.data()),
                            message.text.size());
  crypto_generichash_final(&state, hash.data(), hash.size());
  return hash;
}

std::vector<AppendVerdict> CallAppendBatch(Connection& connection, Ids& ids, const AppendCall& call,
                                           std::span<const PendingAppend* const> messages) {
  const pqxx::result rows = Call(connection, call, MakeColumns(messages, ids, call.now));
  std::vector<AppendVerdict> verdicts;
  verdicts.reserve(messages.size());
  for (const pqxx::row& row : rows) verdicts.push_back(ReadVerdict(row));
  return verdicts;
}

Entry MakeEntry(const NewMessage& message, const Appended& appended) {
  return {.conversation_id = message.conversation_id,
          .seq = appended.seq,
          .message_id = appended.message_id,
          .kind = EntryKind::kText,
          .sender_id = message.sender_id,
          .client_msg_id = message.client_msg_id,
          .text = message.text,
          .created_at = appended.created_at,
          .edited_at = {},
          .reply_to_seq = message.reply_to_seq,
          .subject_user_id = {},
          .name = {},
          .role = {},
          .change = {}};
}

Result<Appended, AppendError> AnswerOf(const AppendVerdict& verdict) {
  switch (verdict.outcome) {
    case AppendOutcome::kStored:
    case AppendOutcome::kRepeat:
      return verdict.appended;
    case AppendOutcome::kSkipped:
      return std::unexpected(AppendError::kUnavailable);
    case AppendOutcome::kNotFound:
      return std::unexpected(AppendError::kNotFound);
    case AppendOutcome::kClosed:
      return std::unexpected(AppendError::kClosed);
    case AppendOutcome::kIdReused:
      return std::unexpected(AppendError::kClientMsgIdReused);
    case AppendOutcome::kReplyNotFound:
      return std::unexpected(AppendError::kReplyNotFound);
  }
  std::unreachable();
}

}  // namespace chat::postgres
