#include "server/postgres/search.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/core/search_walk.h"
#include "server/postgres/entry_rows.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/reaction_rows.h"
#include "server/postgres/transaction.h"
#include "server/postgres/values.h"

namespace chat::postgres {
namespace {

// As a tsquery. Terms are letters and digits, so quoting them is enough.
std::string QueryText(const std::vector<std::vector<std::string>>& alternatives) {
  std::string text;
  for (const std::vector<std::string>& terms : alternatives) {
    text += text.empty() ? "(" : "|(";
    for (const std::string& term : terms) {
      if (text.back() != '(') text += '&';
      text += '\'' + term + '\'';
    }
    text += ')';
  }
  return text;
}

// Its statements have a snapshot each. The last one looks at the membership again, and at the text.
class Store final : public SearchStore {
 public:
  explicit Store(Transaction& transaction) : transaction_(transaction) {}

  std::vector<SearchSlice> ListSlices(UserId viewer, MessageId before) override {
    const pqxx::result rows = transaction_.Run(
        "SELECT conversation_id, slice, newest_id FROM list_search_slices($1, $2)", viewer, before);
    std::vector<SearchSlice> slices;
    slices.reserve(static_cast<std::size_t>(rows.size()));
    for (const pqxx::row& row : rows) {
      slices.push_back({.name = {.conversation_id = row[0].as<ConversationId>(),
                                 .number = row[1].as<std::int64_t>()},
                        .newest = row[2].as<MessageId>()});
    }
    return slices;
  }

  std::vector<SearchPlace> Match(const std::vector<std::vector<std::string>>& alternatives,
                                 MessageId before, int limit) override {
    const pqxx::result rows = transaction_.Run(
        "SELECT message_id, conversation_id, seq FROM find_search_entries($1::tsquery, $2, $3)",
        QueryText(alternatives), before, PageLimit(limit));
    std::vector<SearchPlace> places;
    for (const pqxx::row& row : rows) {
      places.push_back({.message_id = row[0].as<MessageId>(),
                        .conversation_id = row[1].as<ConversationId>(),
                        .seq = row[2].as<Seq>()});
    }
    return places;
  }

  std::vector<Entry> ReadTexts(UserId viewer, std::span<const SearchPlace> places,
                               std::size_t bytes_max) override {
    std::vector<ConversationId> conversations;
    std::vector<Seq> seqs;
    for (const SearchPlace& place : places) {
      conversations.push_back(place.conversation_id);
      seqs.push_back(place.seq);
    }
    const pqxx::result rows = transaction_.Run(
        "SELECT * FROM (SELECT p.conversation_id, e.seq, e.message_id, e.kind, e.sender_id, "
        "e.client_msg_id, e.text, e.created_at, e.edited_at, e.deleted, e.reply_to_seq, "
        "e.subject_user_id, e.name, e.role, e.change, p.nth, "
        "sum(octet_length(e.text)) OVER (ORDER BY p.nth) - octet_length(e.text) AS bytes_before "
        "FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY "
        "AS p (conversation_id, seq, nth) "
        "CROSS JOIN LATERAL (SELECT 1 FROM conversation_members m "
        "WHERE m.conversation_id = p.conversation_id AND m.user_id = $1 "
        "AND m.left_seq IS NULL LIMIT 1) cm "
        "CROSS JOIN LATERAL (SELECT * FROM messages m WHERE m.conversation_id = p.conversation_id "
        "AND m.seq = p.seq AND NOT m.deleted LIMIT 1) e) t "
        "WHERE t.bytes_before <= $4 ORDER BY t.nth",
        viewer, conversations, seqs, bytes_max);
    std::vector<Entry> texts;
    for (const pqxx::row& row : rows) {
      texts.push_back(ReadEntry(row, 1, row[0].as<ConversationId>()));
    }
    ReadReactions(transaction_, viewer, texts);
    return texts;
  }

 private:
  Transaction& transaction_;
};

}  // namespace

void Search::Find(SearchRequest request, Completion<SearchPage, ReadError> done) {
  database_.ReadSearch(
      home_, std::move(done),
      [request = std::move(request)](Transaction& transaction) -> Result<SearchPage, ReadError> {
        Store store(transaction);
        return WalkSearch(store, request);
      });
}

}  // namespace chat::postgres
