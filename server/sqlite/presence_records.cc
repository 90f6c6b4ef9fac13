#include "server/sqlite/presence_records.h"

#include <optional>
#include <utility>

#include "protocol/timestamp.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/contact_states.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

void KeepLater(Connection& connection, const LastSeen& seen) {
  if (!seen.last_seen_at) return;
  Statement(connection,
            "UPDATE users SET last_seen_at = ?2 WHERE user_id = ?1 "
            "AND (last_seen_at IS NULL OR last_seen_at < ?2)",
            seen.user_id, *seen.last_seen_at)
      .Run();
}

bool AreContacts(Connection& connection, UserId viewer, UserId user) {
  return Statement(connection,
                   "SELECT 1 FROM contacts "
                   "WHERE user_id = ?1 AND other_id = ?2 AND state = 'contact'",
                   viewer, user)
      .Step();
}

bool ShareGroup(Connection& connection, UserId viewer, UserId user) {
  return Statement(connection,
                   "SELECT 1 FROM conversation_members mine "
                   "CROSS JOIN conversations c ON c.conversation_id = mine.conversation_id "
                   "CROSS JOIN conversation_members theirs "
                   "ON theirs.conversation_id = mine.conversation_id "
                   "WHERE mine.user_id = ?1 AND mine.left_seq IS NULL AND c.kind = 'group' "
                   "AND theirs.user_id = ?2 AND theirs.left_seq IS NULL LIMIT 1",
                   viewer, user)
      .Step();
}

std::optional<LastSeen> FindLastSeen(Connection& connection, UserId user) {
  Statement row(connection, "SELECT last_seen_at FROM users WHERE user_id = ?1", user);
  if (!row.Step()) return std::nullopt;
  return LastSeen{.user_id = user, .last_seen_at = row.Get<std::optional<UnixTime>>(0)};
}

bool MaySee(Connection& connection, UserId viewer, UserId user) {
  if (viewer == user || EitherBlocks(connection, viewer, user)) return false;
  return AreContacts(connection, viewer, user) || ShareGroup(connection, viewer, user);
}

std::vector<LastSeen> FindVisibleOf(Connection& connection, UserId viewer,
                                    const std::vector<UserId>& users) {
  std::vector<LastSeen> visible;
  for (const UserId user : users) {
    if (connection.failed()) break;
    if (!MaySee(connection, viewer, user)) continue;
    const std::optional<LastSeen> seen = FindLastSeen(connection, user);
    if (seen) visible.push_back(*seen);
  }
  return visible;
}

}  // namespace

void PresenceRecords::RecordLastSeen(std::vector<LastSeen> seen) {
  const std::size_t bytes = seen.size() * sizeof(LastSeen);
  database_.Write(
      home_, Completion<void, ReadError>([](Result<void, ReadError>) {}),
      [seen = std::move(seen)](WriteTransaction& transaction) -> Result<void, ReadError> {
        for (const LastSeen& each : seen) KeepLater(transaction.connection, each);
        return {};
      },
      bytes);
}

void PresenceRecords::FindVisible(UserId viewer, std::vector<UserId> users,
                                  Completion<std::vector<LastSeen>, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [viewer, users = std::move(users)](
                     ReadTransaction& transaction) -> Result<std::vector<LastSeen>, ReadError> {
                   return FindVisibleOf(transaction.connection, viewer, users);
                 });
}

}  // namespace chat::sqlite
