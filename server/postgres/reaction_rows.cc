#include "server/postgres/reaction_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "server/postgres/values.h"

namespace chat::postgres {

void ReadReactions(Transaction& transaction, UserId viewer, std::vector<Entry>& entries) {
  std::vector<Seq> seqs;
  for (const Entry& entry : entries) {
    // An entry that never changed has none.
    if (entry.change != Change()) seqs.push_back(entry.seq);
  }
  if (seqs.empty()) return;
  const pqxx::result rows = transaction.Run(
      "SELECT s.seq, r.emoji, r.count, r.mine FROM unnest($2::bigint[]) AS s (seq) "
      "CROSS JOIN LATERAL (SELECT emoji, count(*) AS count, bool_or(user_id = $3) AS mine, "
      "  min(change) AS first FROM reactions "
      "  WHERE conversation_id = $1 AND seq = s.seq GROUP BY emoji) r ORDER BY s.seq, r.first",
      entries.front().conversation_id, seqs, viewer);
  for (const pqxx::row& row : rows) {
    const auto entry = std::ranges::find(entries, row[0].as<Seq>(), &Entry::seq);
    entry->reactions.push_back({.emoji = row[1].as<std::string>(),
                                .count = row[2].as<std::int64_t>(),
                                .mine = row[3].as<bool>()});
  }
}

}  // namespace chat::postgres
