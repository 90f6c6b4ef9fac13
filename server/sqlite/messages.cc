#include "server/sqlite/messages.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "server/sqlite/append.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/entry_rows.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/reaction_rows.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

constexpr Seq kBeyondAll{std::numeric_limits<std::int64_t>::max()};

// What ReadRange returns at most, so that a thousand of the longest texts do not fill the memory.
constexpr std::size_t kRangeBytesMax = 16 * 1024 * 1024;

struct TakenEntries {
  std::vector<Entry> entries;
  bool cut = false;  // by their bytes
};

// Collects entries until their texts would be too many bytes; takes at least one.
TakenEntries TakeEntries(Statement& rows, ConversationId conversation, std::size_t bytes_max) {
  TakenEntries taken;
  std::size_t bytes = 0;
  while (rows.Step()) {
    Entry entry = ReadEntry(rows, conversation);
    bytes += entry.text.size();
    taken.cut = !taken.entries.empty() && bytes > bytes_max;
    if (taken.cut) break;
    taken.entries.push_back(std::move(entry));
  }
  return taken;
}

// Both bounds are outside of the page.
struct SeqRange {
  Seq after;
  Seq before;
};

std::vector<Entry> ReadUp(Connection& connection, const EntryPageRequest& page, SeqRange range) {
  Statement rows(connection,
                 "SELECT seq, message_id, kind, sender_id, client_msg_id, text, created_at, "
                 "edited_at, deleted, reply_to_seq, subject_user_id, name, role, change "
                 "FROM messages WHERE conversation_id = ?1 AND seq > ?2 AND seq < ?3 "
                 "ORDER BY seq LIMIT ?4",
                 page.conversation_id, range.after, range.before, PageLimit(page.limit));
  return TakeEntries(rows, page.conversation_id, page.bytes_max).entries;
}

std::vector<Entry> ReadDown(Connection& connection, const EntryPageRequest& page, Seq before) {
  Statement rows(connection,
                 "SELECT seq, message_id, kind, sender_id, client_msg_id, text, created_at, "
                 "edited_at, deleted, reply_to_seq, subject_user_id, name, role, change "
                 "FROM messages WHERE conversation_id = ?1 AND seq < ?2 "
                 "ORDER BY seq DESC LIMIT ?3",
                 page.conversation_id, before, PageLimit(page.limit));
  std::vector<Entry> entries = TakeEntries(rows, page.conversation_id, page.bytes_max).entries;
  std::ranges::reverse(entries);
  return entries;
}

// Entries up to the cursor of `request` that changed after its other cursor.
void ReadChanged(Connection& connection, const EntryPageRequest& request, EntryPage& page) {
  page.next_after_change = page.head_change;
  if (!request.after_change || !request.after_seq) return;
  if (*request.after_change >= page.head_change) return;
  const int limit = PageLimit(request.limit);
  Statement rows(connection,
                 "SELECT seq, message_id, kind, sender_id, client_msg_id, text, created_at, "
                 "edited_at, deleted, reply_to_seq, subject_user_id, name, role, change "
                 "FROM messages WHERE conversation_id = ?1 AND change > ?2 AND change > 0 "
                 "AND seq <= ?3 ORDER BY change LIMIT ?4",
                 request.conversation_id, *request.after_change, *request.after_seq, limit);
  TakenEntries taken = TakeEntries(rows, request.conversation_id, request.bytes_max);
  page.changed = std::move(taken.entries);
  if (taken.cut || std::ssize(page.changed) == limit) {
    page.next_after_change = page.changed.back().change;
  }
}

std::optional<EntryPage> FindHeads(Connection& connection, const EntryPageRequest& page) {
  Statement row(connection,
                "SELECT c.last_seq, c.last_change FROM conversation_members m "
                "JOIN conversations c ON c.conversation_id = m.conversation_id "
                "WHERE m.conversation_id = ?1 AND m.user_id = ?2 AND m.left_seq IS NULL",
                page.conversation_id, page.viewer);
  if (!row.Step()) return std::nullopt;
  return EntryPage{.entries = {}, .head_seq = row.Get<Seq>(0), .head_change = row.Get<Change>(1)};
}

Result<EntryPage, ViewError> ReadEntryPage(ReadTransaction& transaction,
                                           const EntryPageRequest& page) {
  std::optional<EntryPage> found = FindHeads(transaction.connection, page);
  if (!found) return std::unexpected(ViewError::kNotFound);
  const Seq before = page.before_seq.value_or(kBeyondAll);
  found->entries = page.after_seq ? ReadUp(transaction.connection, page, {*page.after_seq, before})
                                  : ReadDown(transaction.connection, page, before);
  ReadChanged(transaction.connection, page, *found);
  ReadReactions(transaction.connection, page.viewer, found->entries);
  ReadReactions(transaction.connection, page.viewer, found->changed);
  found->as_of = transaction.as_of();
  return *std::move(found);
}

std::vector<Entry> ReadEntryRange(Connection& connection, ConversationId conversation,
                                  SeqRange range) {
  const EntryPageRequest page{.viewer = {},
                              .conversation_id = conversation,
                              .after_seq = {},
                              .before_seq = {},
                              .limit = kPageRowsMax,
                              .bytes_max = kRangeBytesMax};
  return ReadUp(connection, page, range);
}

}  // namespace

void Messages::Append(NewMessage message, Completion<Appended, AppendError> done) {
  const ContentHash hash = HashContent(message);
  const std::size_t bytes = message.text.size();
  database_.Write(
      home_, std::move(done),
      [message = std::move(message), hash](WriteTransaction& transaction) {
        return AppendMessage(transaction, message, hash);
      },
      bytes);
}

void Messages::ReadPage(EntryPageRequest page, Completion<EntryPage, ViewError> done) {
  database_.Read(home_, std::move(done),
                 [page](ReadTransaction& transaction) { return ReadEntryPage(transaction, page); });
}

void Messages::ReadRange(ConversationId conversation, Seq after, Seq through,
                         Completion<std::vector<Entry>, ReadError> done) {
  // `through` is inside of the range; beyond the largest seq there is nothing.
  const SeqRange range{after, through == kBeyondAll ? through : through.Next()};
  database_.Read(
      home_, std::move(done),
      [conversation, range](ReadTransaction& transaction) -> Result<std::vector<Entry>, ReadError> {
        return ReadEntryRange(transaction.connection, conversation, range);
      });
}

}  // namespace chat::sqlite
