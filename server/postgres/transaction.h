// What the work of a port may use while it runs on a connection of the store.
#pragma once

#include <memory>
#include <mutex>
#include <pqxx/pqxx>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/bus.h"
#include "server/postgres/connection.h"
#include "server/postgres/sql.h"

namespace chat::postgres {

// The ids of this node, for all of its threads: IdGenerator behind a lock.
//
// Thread: any.
class Ids {
 public:
  Ids(NodeNumber node, UnixTime floor) : generator_(node, floor) {}

  template <typename AnyId>
  AnyId Next(UnixTime now) {
    const std::lock_guard lock(mutex_);
    return generator_.Next<AnyId>(now);
  }

  UnixTime last_time() const {
    const std::lock_guard lock(mutex_);
    return generator_.last_time();
  }

  // Goes on with another number, as a node that has taken a new lease.
  void Restart(NodeNumber node, UnixTime floor) {
    const std::lock_guard lock(mutex_);
    generator_ = IdGenerator(node, floor);
  }

 private:
  mutable std::mutex mutex_;
  IdGenerator generator_;
};

// READ COMMITTED: every statement sees what was committed before that statement began.
//
// Failures of SQL and of the connection are thrown by pqxx and must not be caught by the work: who
// runs it undoes the transaction, and tries again or answers kUnavailable. Work may therefore run
// more than once, and must not consume what it has captured.
struct Transaction {
  Connection& connection;
  pqxx::transaction_base& sql;
  UnixTime now;  // by the store's clock
  Ids& ids;

  // Runs a statement, prepared at its first use on each connection, with $1, $2, … bound to
  // `values`: ids, positions, times, numbers, text, bool, Blob, optionals of those (NULL), and
  // vectors (arrays). Vectors of optionals do not compile: pqxx 7.10 writes NULLs of arrays beyond
  // their memory.
  template <typename... Values>
  pqxx::result Run(Sql text, const Values&... values) {
    return connection.Run(sql, text, values...);
  }
};

struct ChangeTransaction : Transaction {
  CommitBatch& batch;  // what the work changed, to be told to everybody after the commit
};

}  // namespace chat::postgres
