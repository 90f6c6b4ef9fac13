#include "server/postgres/blocks.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "server/ports/bus.h"
#include "server/postgres/contact_ends.h"
#include "server/postgres/contact_states.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/transaction.h"
#include "server/postgres/user_changes.h"
#include "server/postgres/user_rows.h"

namespace chat::postgres {
namespace {

// Whether they may write to each other is read with the conversation's row by every send. This
// waits for those that hold it now. Both users are locked, so no block comes or goes meanwhile.
void KeepClosed(ChangeTransaction& transaction, UserId one, UserId other) {
  transaction.Run(
      "UPDATE conversations SET closed = EXISTS (SELECT 1 FROM blocks "
      "WHERE (user_id = $1 AND blocked_id = $2) OR (user_id = $2 AND blocked_id = $1)) "
      "WHERE conversation_id = (SELECT conversation_id FROM direct_conversations "
      "WHERE user_lo = $1 AND user_hi = $2)",
      std::min(one, other), std::max(one, other));
}

Result<void, BlockError> BlockUser(ChangeTransaction& transaction, UserId blocker, UserId blocked) {
  if (blocker == blocked) return std::unexpected(BlockError::kCannotBlockSelf);
  const std::optional<Pair> pair = LockPair(transaction, blocker, blocked);
  if (!pair) return std::unexpected(BlockError::kNotFound);
  const pqxx::result added = transaction.Run(
      "INSERT INTO blocks (user_id, blocked_id, created_at) VALUES ($1, $2, $3) "
      "ON CONFLICT DO NOTHING",
      blocker, blocked, transaction.now);
  if (added.affected_rows() == 0) return {};
  EndContact(transaction, *pair);
  KeepClosed(transaction, blocker, blocked);
  AddUserChange(transaction, blocker, BlockChanged{BlockEvent::kBlocked, blocked});
  return {};
}

Result<void, BlockError> UnblockUser(ChangeTransaction& transaction, UserId blocker,
                                     UserId blocked) {
  const std::optional<Pair> pair = LockPair(transaction, blocker, blocked);
  if (!pair) return std::unexpected(BlockError::kNotFound);
  const pqxx::result removed = transaction.Run(
      "DELETE FROM blocks WHERE user_id = $1 AND blocked_id = $2", blocker, blocked);
  if (removed.affected_rows() == 0) return {};
  KeepClosed(transaction, blocker, blocked);
  AddUserChange(transaction, blocker, BlockChanged{BlockEvent::kUnblocked, blocked});
  return {};
}

std::vector<User> ListBlocked(Transaction& transaction, const BlockPageRequest& page) {
  const pqxx::result rows = transaction.Run(
      "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot "
      "FROM blocks b JOIN users u ON u.user_id = b.blocked_id "
      "WHERE b.user_id = $1 AND b.blocked_id > $2 ORDER BY b.blocked_id LIMIT $3",
      page.blocker, page.after, PageLimit(page.limit));
  std::vector<User> users;
  for (const pqxx::row& row : rows) users.push_back(ReadUser(row, 0));
  return users;
}

}  // namespace

void Blocks::Block(UserId blocker, UserId blocked, Completion<void, BlockError> done) {
  database_.Change(home_, std::move(done), [blocker, blocked](ChangeTransaction& transaction) {
    return BlockUser(transaction, blocker, blocked);
  });
}

void Blocks::Unblock(UserId blocker, UserId blocked, Completion<void, BlockError> done) {
  database_.Change(home_, std::move(done), [blocker, blocked](ChangeTransaction& transaction) {
    return UnblockUser(transaction, blocker, blocked);
  });
}

void Blocks::List(BlockPageRequest page, Completion<std::vector<User>, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [page](Transaction& transaction) -> Result<std::vector<User>, ReadError> {
                   return ListBlocked(transaction, page);
                 });
}

}  // namespace chat::postgres
