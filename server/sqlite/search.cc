#include "server/sqlite/search.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/core/search_walk.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/entry_rows.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/reaction_rows.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

// In the language of FTS5. Terms are letters and digits, so quoting them is enough.
std::string MatchText(const std::vector<std::vector<std::string>>& alternatives) {
  std::string text;
  for (const std::vector<std::string>& terms : alternatives) {
    text += text.empty() ? "(" : " OR (";
    for (const std::string& term : terms) {
      if (text.back() != '(') text += " AND ";
      text += '"' + term + '"';
    }
    text += ')';
  }
  return text;
}

class Store final : public SearchStore {
 public:
  explicit Store(Connection& connection) : connection_(connection) {}

  std::vector<SearchSlice> ListSlices(UserId viewer, MessageId before) override {
    Statement rows(connection_,
                   "SELECT s.conversation_id, s.slice, s.newest_id FROM conversation_members m "
                   "CROSS JOIN search_slices s ON s.conversation_id = m.conversation_id "
                   "WHERE m.user_id = ?1 AND m.left_seq IS NULL AND s.oldest_id < ?2 "
                   "ORDER BY s.newest_id DESC",
                   viewer, before);
    std::vector<SearchSlice> slices;
    while (rows.Step()) {
      slices.push_back({.name = {.conversation_id = rows.Get<ConversationId>(0),
                                 .number = rows.Get<std::int64_t>(1)},
                        .newest = rows.Get<MessageId>(2)});
    }
    return slices;
  }

  // FTS5 gives its rows in the order of their ids, and is asked for no more than it says.
  std::vector<SearchPlace> Match(const std::vector<std::vector<std::string>>& alternatives,
                                 MessageId before, int limit) override {
    Statement rows(connection_,
                   "SELECT e.message_id, e.conversation_id, e.seq FROM search_terms "
                   "CROSS JOIN search_entries e ON e.message_id = search_terms.rowid "
                   "WHERE search_terms MATCH ?1 AND search_terms.rowid < ?2 "
                   "ORDER BY search_terms.rowid DESC LIMIT ?3",
                   MatchText(alternatives), before, PageLimit(limit));
    std::vector<SearchPlace> places;
    while (rows.Step()) {
      places.push_back({.message_id = rows.Get<MessageId>(0),
                        .conversation_id = rows.Get<ConversationId>(1),
                        .seq = rows.Get<Seq>(2)});
    }
    return places;
  }

  std::vector<Entry> ReadTexts(UserId viewer, std::span<const SearchPlace> places,
                               std::size_t bytes_max) override {
    std::vector<Entry> texts;
    std::size_t bytes = 0;
    for (const SearchPlace& place : places) {
      if (bytes > bytes_max) break;
      Statement row(connection_,
                    "SELECT e.seq, e.message_id, e.kind, e.sender_id, e.client_msg_id, e.text, "
                    "e.created_at, e.edited_at, e.deleted, e.reply_to_seq, e.subject_user_id, "
                    "e.name, e.role, e.change FROM conversation_members m "
                    "JOIN messages e ON e.conversation_id = m.conversation_id AND e.seq = ?3 "
                    "WHERE m.conversation_id = ?1 AND m.user_id = ?2 AND m.left_seq IS NULL "
                    "AND e.deleted = 0",
                    place.conversation_id, viewer, place.seq);
      if (!row.Step()) continue;
      texts.push_back(ReadEntry(row, place.conversation_id));
      bytes += texts.back().text.size();
    }
    ReadReactions(connection_, viewer, texts);
    return texts;
  }

 private:
  Connection& connection_;
};

}  // namespace

void Search::Find(SearchRequest request, Completion<SearchPage, ReadError> done) {
  database_.ReadSearch(home_, std::move(done),
                       [request = std::move(request)](
                           ReadTransaction& transaction) -> Result<SearchPage, ReadError> {
                         Store store(transaction.connection);
                         return WalkSearch(store, request);
                       });
}

}  // namespace chat::sqlite
