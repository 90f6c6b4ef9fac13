#include "server/postgres/commit_log.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "protocol/ids.h"
#include "server/cluster/batch_codec.h"
#include "server/postgres/entry_rows.h"

namespace chat::postgres {
namespace {

using Batches = std::vector<std::shared_ptr<const CommitBatch>>;

constexpr int kBatchesMax = 100;
// Of one answer; a batch alone may have more, or longer ones.
constexpr std::size_t kEntriesMax = 1000;
constexpr std::int64_t kBytesMax = 16 * 1024 * 1024;

// From the last lane to the first, one look-up for each: the newest row of a lane is always there,
// while at its old end lie those that were trimmed a moment ago.
std::vector<LogPosition> ReadLogHeads(Transaction& transaction) {
  const pqxx::result rows = transaction.Run(
      "WITH RECURSIVE heads AS ("
      "  (SELECT origin, lane, batch FROM commit_log "
      "   ORDER BY origin DESC, lane DESC, batch DESC LIMIT 1) "
      "  UNION ALL "
      "  (SELECT n.origin, n.lane, n.batch FROM heads h CROSS JOIN LATERAL ("
      "     SELECT l.origin, l.lane, l.batch FROM commit_log l "
      "     WHERE (l.origin, l.lane) < (h.origin, h.lane) "
      "     ORDER BY l.origin DESC, l.lane DESC, l.batch DESC LIMIT 1) n)) "
      "SELECT origin, lane, batch FROM heads ORDER BY origin, lane");
  std::vector<LogPosition> heads;
  for (const pqxx::row& row : rows) {
    heads.push_back({row[0].as<Epoch>(), row[1].as<std::uint32_t>(), row[2].as<std::uint64_t>()});
  }
  return heads;
}

// One row of the log, its entries not yet read.
struct LoggedBatch {
  std::shared_ptr<CommitBatch> batch;
  std::vector<std::int64_t> conversations;
  std::vector<std::int64_t> seqs;
  std::vector<std::int64_t> members_seqs;
};

// What no node of ours would have written says nothing, and does not stop what comes after it.
void ReadChangesOf(const pqxx::field& field, CommitBatch& batch) {
  if (field.is_null()) return;
  [[maybe_unused]] const bool understood = cluster::DecodeChanges(ReadBlob(field), batch);
}

// As many as one answer may have.
std::vector<LoggedBatch> ReadRows(Transaction& transaction, LogPosition after) {
  const pqxx::result rows = transaction.Run(
      "SELECT batch, conversation_ids, seqs, members_seqs, changes FROM commit_log "
      "WHERE origin = $1 AND lane = $2 AND batch > $3 ORDER BY batch LIMIT $4",
      after.origin, after.lane, after.batch, kBatchesMax);
  std::vector<LoggedBatch> logged;
  std::size_t entries = 0;
  for (const pqxx::row& row : rows) {
    LoggedBatch next{.batch = std::make_shared<CommitBatch>(),
                     .conversations = ReadNumbers(row[1]),
                     .seqs = ReadNumbers(row[2]),
                     .members_seqs = ReadNumbers(row[3])};
    next.batch->position = {after.origin, after.lane, row[0].as<std::uint64_t>()};
    entries += next.seqs.size();
    if (!logged.empty() && entries > kEntriesMax) break;
    ReadChangesOf(row[4], *next.batch);
    logged.push_back(std::move(next));
  }
  return logged;
}

// The numbers of all batches one after the other, as the statement takes them.
struct Places {
  std::vector<std::int64_t> batches;
  std::vector<std::int64_t> conversations;
  std::vector<std::int64_t> seqs;
};

Places PlacesOf(const std::vector<LoggedBatch>& logged) {
  Places places;
  for (std::size_t i = 0; i < logged.size(); ++i) {
    places.batches.insert(places.batches.end(), logged[i].seqs.size(),
                          static_cast<std::int64_t>(i));
    places.conversations.insert(places.conversations.end(), logged[i].conversations.begin(),
                                logged[i].conversations.end());
    places.seqs.insert(places.seqs.end(), logged[i].seqs.begin(), logged[i].seqs.end());
  }
  return places;
}

// Of the batches before the first whose texts would be too much; of one at least. `batches` counts
// them from 0.
pqxx::result ReadEntries(Transaction& transaction, const Places& places) {
  return transaction.Run(
      "SELECT * FROM (SELECT p.batch, p.conversation_id, e.seq, e.message_id, e.kind, e.sender_id, "
      "e.client_msg_id, e.text, e.created_at, e.edited_at, e.deleted, e.reply_to_seq, "
      "e.subject_user_id, e.name, e.role, e.change, p.nth, "
      "sum(octet_length(e.text)) OVER (ORDER BY p.batch) AS bytes "
      "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY "
      "AS p (batch, conversation_id, seq, nth) "
      "CROSS JOIN LATERAL (SELECT * FROM messages m "
      "WHERE m.conversation_id = p.conversation_id AND m.seq = p.seq LIMIT 1) e) t "
      "WHERE t.batch = 0 OR t.bytes <= $4 ORDER BY t.nth",
      places.batches, places.conversations, places.seqs, kBytesMax);
}

// The log has no texts. Each edit gets the one that its entry has now, and that of an entry that
// was deleted since then is a deletion.
void ReadEditedTexts(Transaction& transaction, CommitBatch& batch) {
  for (CommittedChange& committed : batch.changes) {
    EntryChange& change = committed.change;
    auto* edited = std::get_if<EntryEdited>(&change.what);
    if (edited == nullptr) continue;
    const pqxx::result rows = transaction.Run(
        "SELECT text, deleted FROM messages WHERE conversation_id = $1 AND seq = $2",
        change.conversation_id, change.seq);
    if (rows.empty() || rows[0][1].as<bool>()) {
      change.what = EntryDeleted{};
    } else {
      edited->text = rows[0][0].as<std::string>();
    }
  }
}

Batches ReadBatches(Transaction& transaction, LogPosition after) {
  std::vector<LoggedBatch> logged = ReadRows(transaction, after);
  for (const pqxx::row& row : ReadEntries(transaction, PlacesOf(logged))) {
    LoggedBatch& of = logged[row[0].as<std::size_t>()];
    const Seq members_seq(of.members_seqs[of.batch->entries.size()]);
    of.batch->entries.push_back({.entry = ReadEntry(row, 2, row[1].as<ConversationId>()),
                                 .origin = {},
                                 .members_seq = members_seq});
  }
  Batches batches;
  for (LoggedBatch& of : logged) {
    if (of.batch->entries.size() < of.seqs.size()) break;
    ReadEditedTexts(transaction, *of.batch);
    batches.push_back(std::move(of.batch));
  }
  return batches;
}

}  // namespace

void CommitLog::ReadHeads(Completion<std::vector<LogPosition>, ReadError> done) {
  database_.ReadLog(home_, std::move(done),
                    [](Transaction& transaction) -> Result<std::vector<LogPosition>, ReadError> {
                      return ReadLogHeads(transaction);
                    });
}

void CommitLog::ReadAfter(LogPosition after, Completion<Batches, ReadError> done) {
  database_.ReadLog(home_, std::move(done),
                    [after](Transaction& transaction) -> Result<Batches, ReadError> {
                      return ReadBatches(transaction, after);
                    });
}

}  // namespace chat::postgres
