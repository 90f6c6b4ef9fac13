#include "server/sqlite/blocks.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "server/ports/bus.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/contact_ends.h"
#include "server/sqlite/contact_states.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/user_changes.h"
#include "server/sqlite/user_rows.h"

namespace chat::sqlite {
namespace {

// Whether they may write to each other is read with the conversation's row by every send.
void KeepClosed(WriteTransaction& transaction, UserId one, UserId other) {
  Statement(transaction.connection,
            "UPDATE conversations SET closed = EXISTS (SELECT 1 FROM blocks "
            "WHERE (user_id = ?1 AND blocked_id = ?2) OR (user_id = ?2 AND blocked_id = ?1)) "
            "WHERE conversation_id = (SELECT conversation_id FROM direct_conversations "
            "WHERE user_lo = ?1 AND user_hi = ?2)",
            std::min(one, other), std::max(one, other))
      .Run();
}

Result<void, BlockError> BlockUser(WriteTransaction& transaction, UserId blocker, UserId blocked) {
  if (blocker == blocked) return std::unexpected(BlockError::kCannotBlockSelf);
  const std::optional<Pair> pair = FindPair(transaction.connection, blocker, blocked);
  if (!pair) return std::unexpected(BlockError::kNotFound);
  const std::int64_t added =
      Statement(transaction.connection,
                "INSERT INTO blocks (user_id, blocked_id, created_at) VALUES (?1, ?2, ?3) "
                "ON CONFLICT DO NOTHING",
                blocker, blocked, transaction.now)
          .Run();
  if (added == 0) return {};
  EndContact(transaction, *pair);
  KeepClosed(transaction, blocker, blocked);
  AddUserChange(transaction, blocker, BlockChanged{BlockEvent::kBlocked, blocked});
  return {};
}

Result<void, BlockError> UnblockUser(WriteTransaction& transaction, UserId blocker,
                                     UserId blocked) {
  const std::optional<Pair> pair = FindPair(transaction.connection, blocker, blocked);
  if (!pair) return std::unexpected(BlockError::kNotFound);
  const std::int64_t removed =
      Statement(transaction.connection, "DELETE FROM blocks WHERE user_id = ?1 AND blocked_id = ?2",
                blocker, blocked)
          .Run();
  if (removed == 0) return {};
  KeepClosed(transaction, blocker, blocked);
  AddUserChange(transaction, blocker, BlockChanged{BlockEvent::kUnblocked, blocked});
  return {};
}

std::vector<User> ListBlocked(Connection& connection, const BlockPageRequest& page) {
  Statement rows(connection,
                 "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot "
                 "FROM blocks b JOIN users u ON u.user_id = b.blocked_id "
                 "WHERE b.user_id = ?1 AND b.blocked_id > ?2 ORDER BY b.blocked_id LIMIT ?3",
                 page.blocker, page.after, PageLimit(page.limit));
  std::vector<User> users;
  while (rows.Step()) users.push_back(ReadUser(rows, 0));
  return users;
}

}  // namespace

void Blocks::Block(UserId blocker, UserId blocked, Completion<void, BlockError> done) {
  database_.Write(home_, std::move(done), [blocker, blocked](WriteTransaction& transaction) {
    return BlockUser(transaction, blocker, blocked);
  });
}

void Blocks::Unblock(UserId blocker, UserId blocked, Completion<void, BlockError> done) {
  database_.Write(home_, std::move(done), [blocker, blocked](WriteTransaction& transaction) {
    return UnblockUser(transaction, blocker, blocked);
  });
}

void Blocks::List(BlockPageRequest page, Completion<std::vector<User>, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [page](ReadTransaction& transaction) -> Result<std::vector<User>, ReadError> {
                   return ListBlocked(transaction.connection, page);
                 });
}

}  // namespace chat::sqlite
