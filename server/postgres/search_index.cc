#include "server/postgres/search_index.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "server/core/search_terms.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/transaction.h"
#include "server/postgres/values.h"

namespace chat::postgres {
namespace {

// Of one update.
constexpr int kEntriesMax = 500;
constexpr std::int64_t kBytesMax = 4 * 1024 * 1024;

// How far the index has come in a conversation that this transaction holds, and where its heads
// are.
struct Held {
  ConversationId conversation_id;
  Seq seq;
  Change change;
  Seq last_seq;
  Change last_change;

  bool behind() const { return seq < last_seq || change < last_change; }
};

// An entry as it is to stand in the index; without terms it is not found.
struct IndexedText {
  MessageId message_id;
  std::string terms;
  bool changed = false;  // it may be there already
};

using IndexedTexts = std::map<std::pair<ConversationId, Seq>, IndexedText>;

BehindPage FindPage(Transaction& transaction, ConversationId after) {
  const pqxx::result rows = transaction.Run(
      "SELECT c.conversation_id, "
      "c.last_seq > coalesce(p.seq, 0) OR c.last_change > coalesce(p.change, 0) "
      "FROM (SELECT conversation_id, last_seq, last_change FROM conversations "
      "      WHERE conversation_id > $1 ORDER BY conversation_id LIMIT $2) c "
      "LEFT JOIN LATERAL (SELECT s.seq, s.change FROM search_positions s "
      "  WHERE s.conversation_id = c.conversation_id LIMIT 1) p ON true "
      "ORDER BY c.conversation_id",
      after, kPageRowsMax);
  BehindPage page;
  for (const pqxx::row& row : rows) {
    if (row[1].as<bool>()) page.behind.push_back(row[0].as<ConversationId>());
  }
  if (rows.size() == kPageRowsMax) page.next = rows.back()[0].as<ConversationId>();
  return page;
}

// Those that nobody else holds. The heads are of the moment at which the statement began, when
// nothing that is numbered up to them can still be missing.
std::vector<Held> Hold(Transaction& transaction, const std::vector<ConversationId>& conversations) {
  transaction.Run(
      "INSERT INTO search_positions (conversation_id) SELECT d.id FROM unnest($1::bigint[]) d (id) "
      "WHERE NOT EXISTS (SELECT 1 FROM search_positions p WHERE p.conversation_id = d.id) "
      "ORDER BY d.id ON CONFLICT DO NOTHING",
      conversations);
  const pqxx::result rows = transaction.Run(
      "SELECT d.id, p.seq, p.change, c.last_seq, c.last_change "
      "FROM unnest($1::bigint[]) WITH ORDINALITY AS d (id, nth) "
      "CROSS JOIN LATERAL (SELECT s.seq, s.change FROM search_positions s "
      "WHERE s.conversation_id = d.id FOR NO KEY UPDATE SKIP LOCKED) p "
      "CROSS JOIN LATERAL (SELECT l.last_seq, l.last_change FROM conversations l "
      "WHERE l.conversation_id = d.id LIMIT 1) c ORDER BY d.nth",
      conversations);
  std::vector<Held> held;
  for (const pqxx::row& row : rows) {
    held.push_back({.conversation_id = row[0].as<ConversationId>(),
                    .seq = row[1].as<Seq>(),
                    .change = row[2].as<Change>(),
                    .last_seq = row[3].as<Seq>(),
                    .last_change = row[4].as<Change>()});
  }
  return held;
}

// The held conversations that have something left, as columns.
struct Columns {
  std::vector<Held*> held;
  std::vector<ConversationId> conversations;
  std::vector<std::int64_t> after;
};

void Add(IndexedTexts& texts, ConversationId conversation, const pqxx::row& row, bool changed) {
  const auto seq = row[1].as<Seq>();
  IndexedText text{.message_id = row[2].as<MessageId>(),
                   .terms = TermsOfText(SliceOf(conversation, seq), row[3].as<std::string>()),
                   .changed = changed};
  texts.insert_or_assign({conversation, seq}, std::move(text));
}

void TakeAdded(Transaction& transaction, std::vector<Held>& held, IndexedTexts& texts) {
  Columns behind;
  for (Held& one : held) {
    if (one.seq >= one.last_seq) continue;
    behind.held.push_back(&one);
    behind.conversations.push_back(one.conversation_id);
    behind.after.push_back(one.seq.number());
  }
  if (behind.held.empty()) return;
  const pqxx::result rows = transaction.Run(
      "SELECT * FROM (SELECT d.nth AS place, e.seq, e.message_id, e.text, "
      "row_number() OVER w AS nth, sum(octet_length(e.text)) OVER w AS bytes "
      "FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS d (id, after, nth) "
      "CROSS JOIN LATERAL (SELECT m.seq, m.message_id, m.text FROM messages m "
      "  WHERE m.conversation_id = d.id AND m.seq > d.after ORDER BY m.seq LIMIT $3) e "
      "WINDOW w AS (ORDER BY d.nth, e.seq)) t "
      "WHERE t.nth = 1 OR (t.nth <= $3 AND t.bytes <= $4) ORDER BY t.nth",
      behind.conversations, behind.after, kEntriesMax, kBytesMax);
  for (const pqxx::row& row : rows) {
    Held& one = *behind.held[row[0].as<std::size_t>() - 1];
    Add(texts, one.conversation_id, row, false);
    one.seq = row[1].as<Seq>();
  }
}

// Deleted texts are empty. An entry that changed twice stands at its last change only; what stood
// at the first has no row any more, so nothing is missed between two rows.
void TakeChanged(Transaction& transaction, std::vector<Held>& held, IndexedTexts& texts) {
  Columns behind;
  for (Held& one : held) {
    if (one.change >= one.last_change) continue;
    behind.held.push_back(&one);
    behind.conversations.push_back(one.conversation_id);
    behind.after.push_back(one.change.number());
  }
  if (behind.held.empty()) return;
  const pqxx::result rows = transaction.Run(
      "SELECT * FROM (SELECT d.nth AS place, e.seq, e.message_id, e.text, e.change, "
      "row_number() OVER w AS nth, sum(octet_length(e.text)) OVER w AS bytes "
      "FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS d (id, after, nth) "
      "CROSS JOIN LATERAL (SELECT m.seq, m.message_id, m.text, m.change FROM messages m "
      "  WHERE m.conversation_id = d.id AND m.change > d.after AND m.change > 0 "
      "  ORDER BY m.change LIMIT $3) e "
      "WINDOW w AS (ORDER BY d.nth, e.change)) t "
      "WHERE t.nth = 1 OR (t.nth <= $3 AND t.bytes <= $4) ORDER BY t.nth",
      behind.conversations, behind.after, kEntriesMax, kBytesMax);
  for (const pqxx::row& row : rows) {
    Held& one = *behind.held[row[0].as<std::size_t>() - 1];
    Add(texts, one.conversation_id, row, true);
    one.change = row[4].as<Change>();
  }
}

void StoreTexts(Transaction& transaction, const IndexedTexts& texts) {
  std::vector<ConversationId> conversations;
  std::vector<Seq> seqs;
  std::vector<MessageId> message_ids;
  std::vector<std::string> terms;
  for (const auto& [place, text] : texts) {
    if (text.terms.empty() && !text.changed) continue;
    conversations.push_back(place.first);
    seqs.push_back(place.second);
    message_ids.push_back(text.message_id);
    terms.push_back(text.terms);
  }
  if (conversations.empty()) return;
  transaction.Run(
      "INSERT INTO search_entries (conversation_id, seq, message_id, terms) "
      "SELECT t.conversation_id, t.seq, t.message_id, "
      "array_to_tsvector(string_to_array(t.terms, ' ')) "
      "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) "
      "AS t (conversation_id, seq, message_id, terms) "
      "ON CONFLICT (conversation_id, seq) DO UPDATE SET terms = excluded.terms",
      conversations, seqs, message_ids, terms);
}

void StoreSlices(Transaction& transaction, const IndexedTexts& texts) {
  std::map<SliceName, std::pair<MessageId, MessageId>> slices;
  for (const auto& [place, text] : texts) {
    if (text.terms.empty()) continue;
    const auto slice =
        slices.try_emplace(SliceOf(place.first, place.second), text.message_id, text.message_id);
    auto& [oldest, newest] = slice.first->second;
    oldest = std::min(oldest, text.message_id);
    newest = std::max(newest, text.message_id);
  }
  if (slices.empty()) return;
  std::vector<ConversationId> conversations;
  std::vector<std::int64_t> numbers;
  std::vector<MessageId> oldest;
  std::vector<MessageId> newest;
  for (const auto& [name, ids] : slices) {
    conversations.push_back(name.conversation_id);
    numbers.push_back(name.number);
    oldest.push_back(ids.first);
    newest.push_back(ids.second);
  }
  transaction.Run(
      "INSERT INTO search_slices AS s (conversation_id, slice, oldest_id, newest_id) "
      "SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) "
      "ON CONFLICT (conversation_id, slice) DO UPDATE "
      "SET oldest_id = least(s.oldest_id, excluded.oldest_id), "
      "newest_id = greatest(s.newest_id, excluded.newest_id)",
      conversations, numbers, oldest, newest);
}

// An update of rows that are there: an UPDATE joined to the items would leave the planner a choice.
void StorePositions(Transaction& transaction, const std::vector<Held>& held) {
  std::vector<ConversationId> conversations;
  std::vector<Seq> seqs;
  std::vector<Change> changes;
  for (const Held& one : held) {
    conversations.push_back(one.conversation_id);
    seqs.push_back(one.seq);
    changes.push_back(one.change);
  }
  transaction.Run(
      "INSERT INTO search_positions (conversation_id, seq, change) "
      "SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) "
      "ON CONFLICT (conversation_id) DO UPDATE SET seq = excluded.seq, change = excluded.change",
      conversations, seqs, changes);
}

IndexedBatch Advance(Transaction& transaction, const std::vector<ConversationId>& conversations) {
  std::vector<Held> held = Hold(transaction, conversations);
  IndexedBatch batch;
  for (const ConversationId conversation : conversations) {
    if (std::ranges::find(held, conversation, &Held::conversation_id) == held.end()) {
      batch.behind.push_back(conversation);
    }
  }
  std::erase_if(held, [](const Held& one) { return !one.behind(); });
  if (held.empty()) return batch;
  IndexedTexts texts;
  TakeAdded(transaction, held, texts);
  TakeChanged(transaction, held, texts);
  StoreTexts(transaction, texts);
  StoreSlices(transaction, texts);
  StorePositions(transaction, held);
  batch.entries = texts.size();
  for (const Held& one : held) {
    if (one.behind()) batch.behind.push_back(one.conversation_id);
  }
  return batch;
}

}  // namespace

void SearchIndex::FindBehind(ConversationId after, Completion<BehindPage, ReadError> done) {
  database_.Index(home_, std::move(done),
                  [after](Transaction& transaction) -> Result<BehindPage, ReadError> {
                    return FindPage(transaction, after);
                  });
}

void SearchIndex::Update(std::vector<ConversationId> conversations,
                         Completion<IndexedBatch, ReadError> done) {
  database_.Index(home_, std::move(done),
                  [conversations = std::move(conversations)](
                      Transaction& transaction) -> Result<IndexedBatch, ReadError> {
                    return Advance(transaction, conversations);
                  });
}

}  // namespace chat::postgres
