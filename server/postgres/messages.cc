#include "server/postgres/messages.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "server/postgres/entry_rows.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/reaction_rows.h"
#include "server/postgres/steady_number.h"

namespace chat::postgres {
namespace {

constexpr Seq kBeyondAll{std::numeric_limits<std::int64_t>::max()};

// What ReadRange returns at most, so that a thousand of the longest texts do not fill the memory.
constexpr std::size_t kRangeBytesMax = 16 * 1024 * 1024;

// The rows before the one whose text would be too much; at least one. The first column of entries
// may be NULL where a row stands for none.
std::vector<Entry> TakeEntries(const pqxx::result& rows, int first, ConversationId conversation) {
  std::vector<Entry> entries;
  for (const pqxx::row& row : rows) {
    if (!row[first].is_null()) entries.push_back(ReadEntry(row, first, conversation));
  }
  return entries;
}

// One statement, and so one snapshot, for the heads, the membership and the entries.
pqxx::result ReadUp(Transaction& transaction, const EntryPageRequest& page) {
  return transaction.Run(
      "SELECT c.last_seq, c.last_change, e.* FROM conversation_members cm "
      "JOIN conversations c ON c.conversation_id = cm.conversation_id "
      "LEFT JOIN LATERAL (SELECT * FROM ("
      "  SELECT seq, message_id, kind, sender_id, client_msg_id, text, created_at, edited_at, "
      "  deleted, reply_to_seq, subject_user_id, name, role, change, "
      "  row_number() OVER (ORDER BY seq) AS nth, "
      "  sum(octet_length(text)) OVER (ORDER BY seq) AS bytes "
      "  FROM messages m WHERE m.conversation_id = $1 AND m.seq > $3 AND m.seq < $4 "
      "  ORDER BY seq LIMIT $5) t WHERE t.nth = 1 OR t.bytes <= $6) e ON true "
      "WHERE cm.conversation_id = $1 AND cm.user_id = $2 AND cm.left_seq IS NULL ORDER BY e.seq",
      page.conversation_id, page.viewer, *page.after_seq, page.before_seq.value_or(kBeyondAll),
      PageLimit(page.limit), page.bytes_max);
}

pqxx::result ReadDown(Transaction& transaction, const EntryPageRequest& page) {
  return transaction.Run(
      "SELECT c.last_seq, c.last_change, e.* FROM conversation_members cm "
      "JOIN conversations c ON c.conversation_id = cm.conversation_id "
      "LEFT JOIN LATERAL (SELECT * FROM ("
      "  SELECT seq, message_id, kind, sender_id, client_msg_id, text, created_at, edited_at, "
      "  deleted, reply_to_seq, subject_user_id, name, role, change, "
      "  row_number() OVER (ORDER BY seq DESC) AS nth, "
      "  sum(octet_length(text)) OVER (ORDER BY seq DESC) AS bytes "
      "  FROM messages m WHERE m.conversation_id = $1 AND m.seq < $3 "
      "  ORDER BY seq DESC LIMIT $4) t WHERE t.nth = 1 OR t.bytes <= $5) e ON true "
      "WHERE cm.conversation_id = $1 AND cm.user_id = $2 AND cm.left_seq IS NULL ORDER BY e.seq",
      page.conversation_id, page.viewer, page.before_seq.value_or(kBeyondAll),
      PageLimit(page.limit), page.bytes_max);
}

// Entries up to the cursor of `request` that changed after its other cursor. This is a later
// snapshot than that of the entries: what changed in between comes as it is now, and its change
// stays beyond next_after_change, so that it is told again rather than lost.
void ReadChanged(Transaction& transaction, const EntryPageRequest& request, EntryPage& page) {
  page.next_after_change = page.head_change;
  if (!request.after_change || !request.after_seq) return;
  if (*request.after_change >= page.head_change) return;
  const int limit = PageLimit(request.limit);
  constexpr int kFoundColumn = 16;
  const pqxx::result rows = transaction.Run(
      "SELECT * FROM (SELECT *, count(*) OVER () AS found FROM ("
      "  SELECT seq, message_id, kind, sender_id, client_msg_id, text, created_at, edited_at, "
      "  deleted, reply_to_seq, subject_user_id, name, role, change, "
      "  row_number() OVER (ORDER BY change) AS nth, "
      "  sum(octet_length(text)) OVER (ORDER BY change) AS bytes "
      "  FROM messages m WHERE m.conversation_id = $1 AND m.change > $2 AND m.change > 0 "
      "  AND m.seq <= $3 ORDER BY change LIMIT $4) l) t "
      "WHERE t.nth = 1 OR t.bytes <= $5 ORDER BY t.change",
      request.conversation_id, *request.after_change, *request.after_seq, limit, request.bytes_max);
  page.changed = TakeEntries(rows, 0, request.conversation_id);
  if (rows.empty()) return;
  const int found = rows[0][kFoundColumn].as<int>();
  if (found == limit || std::ssize(page.changed) < found) {
    page.next_after_change = std::min(page.changed.back().change, page.head_change);
  }
}

Result<EntryPage, ViewError> ReadEntryPage(Transaction& transaction, const EntryPageRequest& page) {
  const pqxx::result rows =
      page.after_seq ? ReadUp(transaction, page) : ReadDown(transaction, page);
  if (rows.empty()) return std::unexpected(ViewError::kNotFound);
  EntryPage found{.entries = TakeEntries(rows, 2, page.conversation_id),
                  .head_seq = rows[0][0].as<Seq>(),
                  .head_change = rows[0][1].as<Change>()};
  ReadChanged(transaction, page, found);
  ReadReactions(transaction, page.viewer, found.entries);
  ReadReactions(transaction, page.viewer, found.changed);
  found.as_of = SteadyNumber();
  return found;
}

Result<std::vector<Entry>, ReadError> ReadEntryRange(Transaction& transaction,
                                                     ConversationId conversation, Seq after,
                                                     Seq through) {
  const pqxx::result rows = transaction.Run(
      "SELECT * FROM ("
      "  SELECT seq, message_id, kind, sender_id, client_msg_id, text, created_at, edited_at, "
      "  deleted, reply_to_seq, subject_user_id, name, role, change, "
      "  row_number() OVER (ORDER BY seq) AS nth, "
      "  sum(octet_length(text)) OVER (ORDER BY seq) AS bytes "
      "  FROM messages m WHERE m.conversation_id = $1 AND m.seq > $2 AND m.seq <= $3 "
      "  ORDER BY seq LIMIT $4) t WHERE t.nth = 1 OR t.bytes <= $5 ORDER BY t.seq",
      conversation, after, through, kPageRowsMax, kRangeBytesMax);
  return TakeEntries(rows, 0, conversation);
}

}  // namespace

void Messages::Append(NewMessage message, Completion<Appended, AppendError> done) {
  database_.Append(home_, std::move(message), std::move(done));
}

void Messages::ReadPage(EntryPageRequest page, Completion<EntryPage, ViewError> done) {
  database_.Read(home_, std::move(done),
                 [page](Transaction& transaction) { return ReadEntryPage(transaction, page); });
}

void Messages::ReadRange(ConversationId conversation, Seq after, Seq through,
                         Completion<std::vector<Entry>, ReadError> done) {
  database_.Read(home_, std::move(done), [=](Transaction& transaction) {
    return ReadEntryRange(transaction, conversation, after, through);
  });
}

}  // namespace chat::postgres
