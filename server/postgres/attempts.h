// Which failures of a transaction are worth another try, and how often.
#pragma once

#include <pqxx/pqxx>

#include "server/postgres/lease.h"
#include "server/postgres/link.h"

namespace chat::postgres {

// Thread: one. Lifetime: within one piece of work.
class Attempts {
 public:
  explicit Attempts(SteadyTime deadline) : deadline_(deadline) {}

  SteadyTime deadline() const { return deadline_; }
  bool overdue() const { return std::chrono::steady_clock::now() >= deadline_; }

  // Whether a transaction that PostgreSQL undid because of another one may run again.
  bool TryAgainAfter(const pqxx::sql_error& error) {
    return IsConflict(error) && ++conflicts_ <= kConflictsMax;
  }

  // Takes a new lease, once.
  bool TryAgainWithNewLease(Lease& lease, Link& link, LeaseKey ended) {
    if (++leases_ > 1) return false;
    link.Use(deadline_,
             [&](Connection& connection) { return lease.Replace(connection, ended), true; });
    return true;
  }

 private:
  static constexpr int kConflictsMax = 3;

  const SteadyTime deadline_;
  int conflicts_ = 0;
  int leases_ = 0;
};

}  // namespace chat::postgres
