// Who this process is among the nodes of the store: a number for its ids, and the epoch of its
// lease. Another node may end the lease of one that seems dead; whoever changes the store therefore
// holds the lease's row until the commit.
#pragma once

#include <mutex>
#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/clock.h"
#include "server/postgres/connection.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

struct LeaseKey {
  NodeNumber number;
  Epoch epoch;
};

// The lease was ended by another node.
struct LeaseEnded : pqxx::failure {
  LeaseEnded() : pqxx::failure("the lease of this node has ended") {}
};

// There is no number left for another node.
struct NoNodeNumberFree : pqxx::failure {
  NoNodeNumberFree() : pqxx::failure("all node numbers are taken") {}
};

// Failures of SQL are thrown by pqxx.
//
// Thread: any. Lifetime: as long as the process serves; the clock outlives it.
class Lease {
 public:
  // Takes the lowest free number and the next epoch.
  Lease(std::string name, const Clock& clock, Connection& connection);

  LeaseKey held() const;
  Ids& ids() { return ids_; }

  // To be called first in a transaction that changes the store: holds the row `key` until its end.
  //
  // Errors: LeaseEnded.
  static void Hold(Connection& connection, pqxx::transaction_base& sql, LeaseKey key);

  // Takes a new lease, unless another thread has done so since `ended` was seen to have ended.
  void Replace(Connection& connection, LeaseKey ended);

  // Makes sure that no other holder of the number, ever, makes the ids of the next seconds. To be
  // called before ids are made.
  void RaiseIdFloor(Connection& connection);

  // Gives the lease back.
  void Leave(Connection& connection);

 private:
  struct Taken {
    LeaseKey key;
    UnixTime id_floor;
  };

  static Taken Take(const std::string& name, UnixTime now, Connection& connection);
  Lease(std::string name, const Clock& clock, const Taken& taken);

  const std::string name_;
  const Clock& clock_;
  std::mutex replacing_;  // before mutex_
  mutable std::mutex mutex_;
  LeaseKey held_;
  UnixTime id_floor_;
  Ids ids_;
};

}  // namespace chat::postgres
