#include "server/postgres/reaction_rows.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "server/postgres/values.h"

namespace chat::postgres {

void ReadReactions(Transaction& transaction, UserId viewer, std::vector<Entry>& entries) {
  std::vector<Entry*> changed;
  std::vector<ConversationId> conversations;
  std::vector<Seq> seqs;
  for (Entry& entry : entries) {
    // An entry that never changed has none.
    if (entry.change == Change()) continue;
    changed.push_back(&entry);
    conversations.push_back(entry.conversation_id);
    seqs.push_back(entry.seq);
  }
  if (changed.empty()) return;
  const pqxx::result rows = transaction.Run(
      "SELECT e.nth, r.emoji, r.count, r.mine "
      "FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS e (conversation_id, seq, nth) "
      "CROSS JOIN LATERAL (SELECT emoji, count(*) AS count, bool_or(user_id = $3) AS mine, "
      "  min(change) AS first FROM reactions "
      "  WHERE conversation_id = e.conversation_id AND seq = e.seq GROUP BY emoji) r "
      "ORDER BY e.nth, r.first",
      conversations, seqs, viewer);
  for (const pqxx::row& row : rows) {
    changed[row[0].as<std::size_t>() - 1]->reactions.push_back({.emoji = row[1].as<std::string>(),
                                                                .count = row[2].as<std::int64_t>(),
                                                                .mine = row[3].as<bool>()});
  }
}

}  // namespace chat::postgres
