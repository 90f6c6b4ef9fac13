#include "server/postgres/nodes.h"

#include <utility>

#include "server/postgres/lease.h"

namespace chat::postgres {
namespace {

// A lease that has ended is replaced by who runs this, which then runs again.
Result<NodeLeases, ReadError> RenewLease(Transaction& transaction, LeaseKey own) {
  const pqxx::result renewed = transaction.Run(
      "UPDATE nodes SET renewals = renewals + 1, renewed_at = $3 "
      "WHERE number = $1 AND epoch = $2",
      own.number.number(), own.epoch, transaction.now);
  if (renewed.affected_rows() == 0) throw LeaseEnded();
  NodeLeases leases{.own = own.epoch, .others = {}};
  for (const pqxx::row& row : transaction.Run(
           "SELECT epoch, name, renewals FROM nodes WHERE epoch <> $1 ORDER BY epoch", own.epoch)) {
    leases.others.push_back({.epoch = row[0].as<Epoch>(),
                             .name = row[1].as<std::string>(),
                             .renewals = row[2].as<std::uint64_t>()});
  }
  return leases;
}

// The rows of users are locked in ascending order, as everywhere.
void RecordLastSeen(Transaction& transaction, const std::vector<UserId>& users, UnixTime seen) {
  transaction.Run(
      "UPDATE users u SET last_seen_at = greatest(u.last_seen_at, $2) "
      "FROM (SELECT user_id FROM users WHERE user_id = ANY ($1::bigint[]) "
      "ORDER BY user_id FOR NO KEY UPDATE) l WHERE u.user_id = l.user_id",
      users, seen);
}

Result<bool, ReadError> EndLease(Transaction& transaction, const NodeLease& seen,
                                 const std::vector<UserId>& online) {
  const pqxx::result ended =
      transaction.Run("DELETE FROM nodes WHERE epoch = $1 AND renewals = $2 RETURNING renewed_at",
                      seen.epoch, seen.renewals);
  if (ended.empty()) return false;
  RecordLastSeen(transaction, online, ended[0][0].as<UnixTime>());
  return true;
}

}  // namespace

void Nodes::Renew(Completion<NodeLeases, ReadError> done) {
  database_.Control(home_, std::move(done), [&lease = database_.lease()](Transaction& transaction) {
    return RenewLease(transaction, lease.held());
  });
}

void Nodes::End(NodeLease seen, std::vector<UserId> online, Completion<bool, ReadError> done) {
  database_.Control(home_, std::move(done),
                    [seen = std::move(seen), online = std::move(online)](Transaction& transaction) {
                      return EndLease(transaction, seen, online);
                    });
}

}  // namespace chat::postgres
