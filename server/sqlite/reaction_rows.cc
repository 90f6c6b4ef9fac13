#include "server/sqlite/reaction_rows.h"

#include <cstdint>
#include <string>

#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

void ReadReactionsTo(Connection& connection, UserId viewer, Entry& entry) {
  Statement rows(connection,
                 "SELECT emoji, count(*), max(user_id = ?3) FROM reactions "
                 "WHERE conversation_id = ?1 AND seq = ?2 "
                 "GROUP BY emoji ORDER BY min(change)",
                 entry.conversation_id, entry.seq, viewer);
  while (rows.Step()) {
    entry.reactions.push_back({.emoji = rows.Get<std::string>(0),
                               .count = rows.Get<std::int64_t>(1),
                               .mine = rows.Get<bool>(2)});
  }
}

}  // namespace

void ReadReactions(Connection& connection, UserId viewer, std::vector<Entry>& entries) {
  for (Entry& entry : entries) {
    // An entry that never changed has none.
    if (entry.change != Change()) ReadReactionsTo(connection, viewer, entry);
  }
}

}  // namespace chat::sqlite
