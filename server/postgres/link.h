// A connection that is made when it is needed, made again when it breaks, and never waited for
// beyond a deadline.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <pqxx/pqxx>
#include <utility>

#include "server/postgres/connection.h"
#include "server/postgres/health.h"
#include "server/postgres/watchdog.h"

namespace chat::postgres {

// No connection is waited for any more.
struct ServerStops : pqxx::failure {
  ServerStops() : pqxx::failure("PostgreSQL could not be reached, and the server stops") {}
};

// Thread: one at a time. Lifetime: the watchdog and the health outlive it.
class Link {
 public:
  struct Surroundings {
    Watchdog& watchdog;
    Health& health;
  };

  Link(ConnectOptions options, Surroundings surroundings)
      : options_(std::move(options)), surroundings_(surroundings) {}

  // Runs `work` (Connection& → anything) on a live connection.
  //
  // Errors: ServerStops; pqxx::broken_connection when there is none by the deadline, or it broke;
  // pqxx::in_doubt_error when it broke in a COMMIT; pqxx::sql_error when PostgreSQL refused, and
  // the connection lives.
  template <typename Work>
  auto Use(SteadyTime deadline, Work work) {
    Connection& connection = Connect(deadline);
    try {
      const Watchdog::Watch watch(surroundings_.watchdog, connection.pq().sock(), deadline);
      return work(connection);
    } catch (const pqxx::in_doubt_error& error) {
      Drop(error);
      throw;
    } catch (const std::exception& error) {
      if (connection.pq().is_open()) throw;
      Drop(error);
      throw pqxx::broken_connection(error.what());
    }
  }

  bool connected() const { return connection_ != nullptr; }

 private:
  // Tries until the deadline, with growing pauses; once only while the server stops.
  Connection& Connect(SteadyTime deadline);
  bool TryConnect(SteadyTime deadline);
  void Pause(SteadyTime deadline);
  void Drop(const std::exception& why);

  const ConnectOptions options_;
  const Surroundings surroundings_;
  std::unique_ptr<Connection> connection_;
  bool connected_before_ = false;
  std::chrono::milliseconds pause_{0};
};

// When a call that starts now has to be answered.
inline SteadyTime DeadlineAfter(std::chrono::milliseconds limit) {
  return std::chrono::steady_clock::now() + limit;
}

// Whether a statement lost against another transaction and may simply be run again.
bool IsConflict(const pqxx::sql_error& error);
// Whether it gave up waiting for a lock.
bool IsLockTimeout(const pqxx::sql_error& error);

}  // namespace chat::postgres
