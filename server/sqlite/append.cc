#include "server/sqlite/append.h"

#include <sodium/crypto_generichash.h>

#include <optional>
#include <string_view>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/bus.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/entry_rows.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

static_assert(std::tuple_size_v<ContentHash> >= crypto_generichash_BYTES_MIN);

struct StoredMessage {
  Appended appended;
  ContentHash hash;
};

std::optional<StoredMessage> FindStored(Connection& connection, const NewMessage& message) {
  Statement row(connection,
                "SELECT message_id, seq, created_at, content_hash FROM messages "
                "WHERE conversation_id = ?1 AND sender_id = ?2 AND client_msg_id = ?3",
                message.conversation_id, message.sender_id, message.client_msg_id);
  if (!row.Step()) return std::nullopt;
  return StoredMessage{.appended = {.message_id = row.Get<MessageId>(0),
                                    .seq = row.Get<Seq>(1),
                                    .created_at = row.Get<UnixTime>(2)},
                       .hash = row.Get<ContentHash>(3)};
}

// Where the conversation stands, for a sender who is a member of it.
struct Head {
  Seq last_seq;
  Seq members_seq;
  bool closed = false;  // one of the two blocks the other
};

std::optional<Head> FindHead(Connection& connection, ConversationId conversation, UserId member) {
  Statement row(connection,
                "SELECT c.last_seq, c.members_seq, c.closed FROM conversation_members m "
                "JOIN conversations c ON c.conversation_id = m.conversation_id "
                "WHERE m.conversation_id = ?1 AND m.user_id = ?2 AND m.left_seq IS NULL",
                conversation, member);
  if (!row.Step()) return std::nullopt;
  return Head{
      .last_seq = row.Get<Seq>(0), .members_seq = row.Get<Seq>(1), .closed = row.Get<bool>(2)};
}

// Entries are dense and never removed, so every seq up to the last one names one.
bool Exists(Seq seq, const Head& head) { return seq > Seq() && seq <= head.last_seq; }

Entry MakeEntry(WriteTransaction& transaction, const NewMessage& message, Seq seq) {
  return {.conversation_id = message.conversation_id,
          .seq = seq,
          .message_id = transaction.ids.Next<MessageId>(transaction.now),
          .kind = EntryKind::kText,
          .sender_id = message.sender_id,
          .client_msg_id = message.client_msg_id,
          .text = message.text,
          .created_at = transaction.now,
          .edited_at = {},
          .reply_to_seq = message.reply_to_seq,
          .subject_user_id = {},
          .name = {},
          .role = {},
          .change = {}};
}

void Insert(Connection& connection, const Entry& entry, const ContentHash& hash) {
  Statement(connection,
            "INSERT INTO messages (conversation_id, seq, message_id, kind, sender_id, "
            "client_msg_id, content_hash, text, created_at, reply_to_seq) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            entry.conversation_id, entry.seq, entry.message_id, ToWord(entry.kind), entry.sender_id,
            entry.client_msg_id, hash, entry.text, entry.created_at, entry.reply_to_seq)
      .Run();
}

void AdvanceHead(Connection& connection, const Entry& entry) {
  Statement(connection,
            "UPDATE conversations SET last_seq = ?2, last_activity = ?3 "
            "WHERE conversation_id = ?1",
            entry.conversation_id, entry.seq, entry.created_at)
      .Run();
  Statement(connection,
            "UPDATE conversation_members SET read_seq = ?3 "
            "WHERE conversation_id = ?1 AND user_id = ?2",
            entry.conversation_id, entry.sender_id, entry.seq)
      .Run();
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

Result<Appended, AppendError> AppendMessage(WriteTransaction& transaction,
                                            const NewMessage& message, const ContentHash& hash) {
  // Before the membership: a retry is answered also to a sender who was removed meanwhile.
  if (const std::optional<StoredMessage> stored = FindStored(transaction.connection, message)) {
    if (stored->hash == hash) return stored->appended;
    return std::unexpected(AppendError::kClientMsgIdReused);
  }
  const std::optional<Head> head =
      FindHead(transaction.connection, message.conversation_id, message.sender_id);
  if (!head) return std::unexpected(AppendError::kNotFound);
  if (head->closed) return std::unexpected(AppendError::kClosed);
  if (message.reply_to_seq && !Exists(*message.reply_to_seq, *head)) {
    return std::unexpected(AppendError::kReplyNotFound);
  }
  Entry entry = MakeEntry(transaction, message, head->last_seq.Next());
  Insert(transaction.connection, entry, hash);
  AdvanceHead(transaction.connection, entry);
  const Appended appended{
      .message_id = entry.message_id, .seq = entry.seq, .created_at = entry.created_at};
  transaction.batch.entries.push_back(
      {.entry = std::move(entry), .origin = message.origin, .members_seq = head->members_seq});
  return appended;
}

}  // namespace chat::sqlite
