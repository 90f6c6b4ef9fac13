#include "server/postgres/presence_records.h"

#include <map>
#include <utility>

#include "protocol/timestamp.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {
namespace {

// The same users as two columns, each user once and in ascending order.
struct SeenColumns {
  std::vector<UserId> users;
  std::vector<UnixTime> times;
};

SeenColumns ToColumns(const std::vector<LastSeen>& seen) {
  std::map<UserId, UnixTime> latest;
  for (const LastSeen& each : seen) {
    if (!each.last_seen_at) continue;
    const auto [place, added] = latest.emplace(each.user_id, *each.last_seen_at);
    if (!added && place->second < *each.last_seen_at) place->second = *each.last_seen_at;
  }
  SeenColumns columns;
  for (const auto& [user, time] : latest) {
    columns.users.push_back(user);
    columns.times.push_back(time);
  }
  return columns;
}

// Locks first, in ascending order, because an UPDATE locks its rows in no order that one may know:
// two nodes that saw the same users leave would wait for each other for ever.
void KeepLater(Transaction& transaction, const SeenColumns& seen) {
  transaction.Run(
      "SELECT 1 FROM users WHERE user_id = ANY ($1::bigint[]) "
      "ORDER BY user_id FOR NO KEY UPDATE",
      seen.users);
  transaction.Run(
      "UPDATE users u SET last_seen_at = greatest(u.last_seen_at, seen.at) "
      "FROM unnest($1::bigint[], $2::bigint[]) AS seen (user_id, at) "
      "WHERE u.user_id = seen.user_id AND (u.last_seen_at IS NULL OR u.last_seen_at < seen.at)",
      seen.users, seen.times);
}

std::vector<LastSeen> FindVisibleOf(Transaction& transaction, UserId viewer,
                                    const std::vector<UserId>& users) {
  const pqxx::result rows = transaction.Run(
      "SELECT u.user_id, u.last_seen_at "
      "FROM unnest($2::bigint[]) WITH ORDINALITY AS asked (user_id, place) "
      "JOIN users u ON u.user_id = asked.user_id "
      "WHERE u.user_id <> $1 AND NOT EXISTS (SELECT 1 FROM blocks b "
      "WHERE (b.user_id = $1 AND b.blocked_id = u.user_id) "
      "OR (b.user_id = u.user_id AND b.blocked_id = $1)) "
      "AND (EXISTS (SELECT 1 FROM contacts c "
      "WHERE c.user_id = $1 AND c.other_id = u.user_id AND c.state = 'contact') "
      "OR EXISTS (SELECT 1 FROM conversation_members mine "
      "JOIN conversations c ON c.conversation_id = mine.conversation_id "
      "JOIN conversation_members theirs ON theirs.conversation_id = mine.conversation_id "
      "WHERE mine.user_id = $1 AND mine.left_seq IS NULL AND c.kind = 'group' "
      "AND theirs.user_id = u.user_id AND theirs.left_seq IS NULL)) ORDER BY asked.place",
      viewer, users);
  std::vector<LastSeen> visible;
  for (const pqxx::row& row : rows) {
    visible.push_back(
        {.user_id = row[0].as<UserId>(), .last_seen_at = row[1].as<std::optional<UnixTime>>()});
  }
  return visible;
}

}  // namespace

void PresenceRecords::RecordLastSeen(std::vector<LastSeen> seen) {
  SeenColumns columns = ToColumns(seen);
  if (columns.users.empty()) return;
  database_.Write(
      home_, Completion<void, ReadError>([](Result<void, ReadError>) {}),
      [columns = std::move(columns)](Transaction& transaction) -> Result<void, ReadError> {
        KeepLater(transaction, columns);
        return {};
      });
}

void PresenceRecords::FindVisible(UserId viewer, std::vector<UserId> users,
                                  Completion<std::vector<LastSeen>, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [viewer, users = std::move(users)](
                     Transaction& transaction) -> Result<std::vector<LastSeen>, ReadError> {
                   return FindVisibleOf(transaction, viewer, users);
                 });
}

}  // namespace chat::postgres
