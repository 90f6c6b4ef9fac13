// A private PostgreSQL in a new folder: started, killed, started again with the same data. It is
// the real server with its real durability (fsync is on); it knows nothing of our schema.
#pragma once

#include <signal.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "tests/harness/store_process.h"

namespace chat::testing {

struct PostgresOptions {
  // As in postgresql.conf: "max_connections=20".
  std::vector<std::string> settings = {};
  // Listens on 127.0.0.1 as well, not only on its socket.
  bool listens_on_tcp = false;
};

// Thread: one. Lifetime: the test's; its end kills the server and removes its data. What the server
// logged stays as output of the test.
class PostgresServer {
 public:
  enum class StopMode : int {
    // Connections are closed, what is under way is rolled back, everything is written.
    kFast = SIGINT,
    // Nothing is written: it recovers at the next start.
    kImmediate = SIGQUIT,
  };

  // Returns when it serves.
  //
  // Errors: throws Surprise when it does not in time.
  explicit PostgresServer(PostgresOptions options = {});
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // As a crash of its machine: no process of it is left, and nobody is told.
  void Kill() { process_->Kill(); }
  void Stop(StopMode mode) { process_->Stop(static_cast<int>(mode)); }

  // With the same data, socket and port, after it ended.
  void Restart() { Start(); }

  // It stands still: connections are accepted by the system, and nothing answers.
  void Freeze() { process_->Freeze(); }
  void Thaw() { process_->Thaw(); }

  // Over a connection and in transactions of its own.
  //
  // Errors: throws what libpqxx throws.
  pqxx::result Execute(const std::string& sql) const;

  // For libpq, over the socket; the user may do everything and needs no password.
  std::string url() const;
  // The same over TCP, for a server that listens there.
  std::string tcp_url() const;
  std::uint16_t port() const { return port_; }

 private:
  void Start();
  std::filesystem::path log() const;

  PostgresOptions options_;
  std::filesystem::path folder_;
  SocketFolder socket_folder_;
  std::uint16_t port_;
  std::optional<StoreProcess> process_;
};

}  // namespace chat::testing
