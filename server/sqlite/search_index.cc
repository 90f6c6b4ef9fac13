#include "server/sqlite/search_index.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "server/core/search_terms.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

// Of one update.
constexpr int kEntriesMax = 200;
constexpr std::size_t kBytesMax = 4 * 1024 * 1024;

// How far the index has come in a conversation.
struct Position {
  Seq seq;
  Change change;

  friend bool operator==(const Position&, const Position&) = default;
};

struct IndexedText {
  Seq seq;
  MessageId message_id;
  std::string terms;
};

// What one conversation gets.
struct Advance {
  ConversationId conversation_id;
  Position from;
  Position to;
  std::vector<IndexedText> added;
  std::vector<IndexedText> changed;
};

struct Plan {
  std::vector<Advance> advances;
  std::vector<ConversationId> behind;
  int entries = 0;
  std::size_t bytes = 0;  // of texts

  bool full() const { return entries >= kEntriesMax || bytes >= kBytesMax; }
};

BehindPage FindPage(Connection& connection, ConversationId after) {
  Statement rows(connection,
                 "SELECT c.conversation_id, c.last_seq > coalesce(p.seq, 0) "
                 "OR c.last_change > coalesce(p.change, 0) FROM conversations c "
                 "LEFT JOIN search_positions p ON p.conversation_id = c.conversation_id "
                 "WHERE c.conversation_id > ?1 ORDER BY c.conversation_id LIMIT ?2",
                 after, kPageRowsMax);
  BehindPage page;
  int looked_at = 0;
  ConversationId last;
  while (rows.Step()) {
    last = rows.Get<ConversationId>(0);
    if (rows.Get<bool>(1)) page.behind.push_back(last);
    ++looked_at;
  }
  if (looked_at == kPageRowsMax) page.next = last;
  return page;
}

// From the columns seq, message_id, text of the current row.
IndexedText ReadText(const Statement& row, ConversationId conversation, Plan& plan) {
  IndexedText read{.seq = row.Get<Seq>(0), .message_id = row.Get<MessageId>(1), .terms = {}};
  const auto text = row.Get<std::string>(2);
  read.terms = TermsOfText(SliceOf(conversation, read.seq), text);
  ++plan.entries;
  plan.bytes += text.size();
  return read;
}

void ReadAdded(Connection& connection, Advance& advance, Plan& plan) {
  Statement rows(connection,
                 "SELECT seq, message_id, text FROM messages "
                 "WHERE conversation_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
                 advance.conversation_id, advance.from.seq, kEntriesMax);
  while (!plan.full() && rows.Step()) {
    advance.added.push_back(ReadText(rows, advance.conversation_id, plan));
    advance.to.seq = advance.added.back().seq;
  }
}

// Deleted texts are empty.
void ReadChanged(Connection& connection, Advance& advance, Plan& plan) {
  Statement rows(connection,
                 "SELECT seq, message_id, text, change FROM messages "
                 "WHERE conversation_id = ?1 AND change > ?2 AND change > 0 "
                 "ORDER BY change LIMIT ?3",
                 advance.conversation_id, advance.from.change, kEntriesMax);
  while (!plan.full() && rows.Step()) {
    advance.changed.push_back(ReadText(rows, advance.conversation_id, plan));
    advance.to.change = rows.Get<Change>(3);
  }
}

void ReadAdvance(Connection& connection, ConversationId conversation, Plan& plan) {
  Statement row(connection,
                "SELECT c.last_seq, c.last_change, coalesce(p.seq, 0), coalesce(p.change, 0) "
                "FROM conversations c "
                "LEFT JOIN search_positions p ON p.conversation_id = c.conversation_id "
                "WHERE c.conversation_id = ?1",
                conversation);
  if (!row.Step()) return;
  const Position head{row.Get<Seq>(0), row.Get<Change>(1)};
  const Position from{row.Get<Seq>(2), row.Get<Change>(3)};
  Advance advance{
      .conversation_id = conversation, .from = from, .to = from, .added = {}, .changed = {}};
  ReadAdded(connection, advance, plan);
  ReadChanged(connection, advance, plan);
  if (advance.to != head) plan.behind.push_back(conversation);
  if (advance.to != from) plan.advances.push_back(std::move(advance));
}

Plan ReadPlan(Connection& connection, const std::vector<ConversationId>& conversations) {
  Plan plan;
  for (const ConversationId conversation : conversations) {
    ReadAdvance(connection, conversation, plan);
  }
  return plan;
}

// False when another update has moved the index since the plan was made.
bool MovePosition(Connection& connection, const Advance& advance) {
  return Statement(connection,
                   "INSERT INTO search_positions (conversation_id, seq, change) "
                   "VALUES (?1, ?2, ?3) ON CONFLICT (conversation_id) DO UPDATE "
                   "SET seq = ?2, change = ?3 WHERE seq = ?4 AND change = ?5",
                   advance.conversation_id, advance.to.seq, advance.to.change, advance.from.seq,
                   advance.from.change)
             .Run() > 0;
}

void Put(Connection& connection, ConversationId conversation, const IndexedText& text) {
  Statement(connection, "INSERT OR REPLACE INTO search_terms (rowid, terms) VALUES (?1, ?2)",
            text.message_id, text.terms)
      .Run();
  Statement(connection,
            "INSERT INTO search_entries (message_id, conversation_id, seq) VALUES (?1, ?2, ?3) "
            "ON CONFLICT DO NOTHING",
            text.message_id, conversation, text.seq)
      .Run();
  Statement(connection,
            "INSERT INTO search_slices (conversation_id, slice, oldest_id, newest_id) "
            "VALUES (?1, ?2, ?3, ?3) ON CONFLICT (conversation_id, slice) DO UPDATE "
            "SET oldest_id = min(oldest_id, ?3), newest_id = max(newest_id, ?3)",
            conversation, SliceOf(conversation, text.seq).number, text.message_id)
      .Run();
}

void Remove(Connection& connection, const IndexedText& text) {
  Statement(connection, "DELETE FROM search_terms WHERE rowid = ?1", text.message_id).Run();
  Statement(connection, "DELETE FROM search_entries WHERE message_id = ?1", text.message_id).Run();
}

// True when it was done.
bool Store(Connection& connection, const Advance& advance) {
  if (!MovePosition(connection, advance)) return false;
  for (const IndexedText& text : advance.added) {
    if (!text.terms.empty()) Put(connection, advance.conversation_id, text);
  }
  for (const IndexedText& text : advance.changed) {
    if (text.terms.empty()) {
      Remove(connection, text);
    } else {
      Put(connection, advance.conversation_id, text);
    }
  }
  return true;
}

IndexedBatch StorePlan(Connection& connection, const Plan& plan) {
  IndexedBatch batch{.entries = 0, .behind = plan.behind};
  for (const Advance& advance : plan.advances) {
    if (Store(connection, advance)) {
      batch.entries += advance.added.size() + advance.changed.size();
    } else {
      batch.behind.push_back(advance.conversation_id);
    }
  }
  return batch;
}

}  // namespace

void SearchIndex::FindBehind(ConversationId after, Completion<BehindPage, ReadError> done) {
  database_.ReadSearch(home_, std::move(done),
                       [after](ReadTransaction& transaction) -> Result<BehindPage, ReadError> {
                         return FindPage(transaction.connection, after);
                       });
}

void SearchIndex::Update(std::vector<ConversationId> conversations,
                         Completion<IndexedBatch, ReadError> done) {
  Completion<Plan, ReadError> store = [&database = database_, &home = home_,
                                       done =
                                           std::move(done)](Result<Plan, ReadError> plan) mutable {
    if (!plan) return done(std::unexpected(plan.error()));
    if (plan->advances.empty()) return done(IndexedBatch{.behind = std::move(plan->behind)});
    const std::size_t bytes = plan->bytes;
    database.Write(
        home, std::move(done),
        [plan = *std::move(plan)](WriteTransaction& transaction)
            -> Result<IndexedBatch, ReadError> { return StorePlan(transaction.connection, plan); },
        bytes);
  };
  database_.ReadSearch(home_, std::move(store),
                       [conversations = std::move(conversations)](
                           ReadTransaction& transaction) -> Result<Plan, ReadError> {
                         return ReadPlan(transaction.connection, conversations);
                       });
}

}  // namespace chat::sqlite
