#include "server/postgres/lease.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace chat::postgres {
namespace {

// The floor is stored this far ahead of the ids, so that it is seldom written. After a crash ids
// of this number run ahead of the clock by no more than this.
constexpr std::chrono::seconds kIdFloorAhead{30};
// Ids stay this far below the floor, so that a transaction that has just made some can end.
constexpr std::chrono::seconds kIdFloorReserve{10};

// "chat" in ASCII, and a number: one lock of this program.
constexpr std::int64_t kJoiningLock = 0x63686174'00000002;

}  // namespace

Lease::Lease(std::string name, const Clock& clock, Connection& connection)
    : Lease(name, clock, Take(name, clock.Now(), connection)) {}

Lease::Lease(std::string name, const Clock& clock, const Taken& taken)
    : name_(std::move(name)),
      clock_(clock),
      held_(taken.key),
      id_floor_(taken.id_floor),
      ids_(taken.key.number, taken.id_floor) {}

Lease::Taken Lease::Take(const std::string& name, UnixTime now, Connection& connection) {
  pqxx::work sql(connection.pq());
  connection.Run(sql, "SELECT pg_advisory_xact_lock($1)", kJoiningLock);
  const pqxx::result node =
      connection.Run(sql,
                     "INSERT INTO nodes (number, epoch, name, renewed_at) "
                     "SELECT free.number, nextval('node_epochs'), $1, $2 FROM ("
                     "  SELECT number FROM generate_series(0, 1023) AS number "
                     "  WHERE NOT EXISTS (SELECT 1 FROM nodes n WHERE n.number = number.number) "
                     "  ORDER BY number LIMIT 1) AS free RETURNING number, epoch",
                     name, now);
  if (node.empty()) throw NoNodeNumberFree();
  const int number = node[0][0].as<int>();
  const pqxx::result floor =
      connection.Run(sql,
                     "INSERT INTO id_floors AS f (number, id_floor_ms) VALUES ($1, 0) "
                     "ON CONFLICT (number) DO UPDATE SET id_floor_ms = f.id_floor_ms "
                     "RETURNING id_floor_ms",
                     number);
  const Taken taken{.key = {.number = *NodeNumber::Make(number), .epoch = node[0][1].as<Epoch>()},
                    .id_floor = floor[0][0].as<UnixTime>()};
  sql.commit();
  return taken;
}

LeaseKey Lease::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

void Lease::Hold(Connection& connection, pqxx::transaction_base& sql, LeaseKey key) {
  const pqxx::result row =
      connection.Run(sql, "SELECT 1 FROM nodes WHERE number = $1 AND epoch = $2 FOR KEY SHARE",
                     key.number.number(), key.epoch);
  if (row.empty()) throw LeaseEnded();
}

void Lease::Replace(Connection& connection, LeaseKey ended) {
  const std::lock_guard replacing(replacing_);
  if (held().epoch != ended.epoch) return;
  const Taken taken = Take(name_, clock_.Now(), connection);
  const std::lock_guard lock(mutex_);
  held_ = taken.key;
  id_floor_ = taken.id_floor;
  ids_.Restart(taken.key.number, taken.id_floor);
}

void Lease::RaiseIdFloor(Connection& connection) {
  const UnixTime reached = std::max(clock_.Now(), ids_.last_time());
  LeaseKey key = held();
  {
    const std::lock_guard lock(mutex_);
    if (reached + kIdFloorReserve < id_floor_) return;
  }
  const UnixTime floor = reached + kIdFloorAhead;
  pqxx::nontransaction sql(connection.pq());
  connection.Run(sql,
                 "UPDATE id_floors SET id_floor_ms = greatest(id_floor_ms, $2) WHERE number = $1",
                 key.number.number(), floor);
  const std::lock_guard lock(mutex_);
  if (held_.epoch == key.epoch) id_floor_ = std::max(id_floor_, floor);
}

void Lease::Leave(Connection& connection) {
  const LeaseKey key = held();
  pqxx::nontransaction sql(connection.pq());
  connection.Run(sql, "DELETE FROM nodes WHERE number = $1 AND epoch = $2", key.number.number(),
                 key.epoch);
}

}  // namespace chat::postgres
