// A private Redis in a new folder: started, killed, started again. It keeps nothing on disk unless
// a setting says so, and knows nothing of our keys and channels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/harness/store_process.h"

namespace chat::testing {

struct RedisOptions {
  // As in redis.conf: "appendonly yes".
  std::vector<std::string> settings = {};
  // Listens on 127.0.0.1 as well, not only on its socket.
  bool listens_on_tcp = false;
};

// Thread: one. Lifetime: the test's; its end kills the server. What the server logged stays as
// output of the test.
class RedisServer {
 public:
  // Returns when it serves.
  //
  // Errors: throws Surprise when it does not in time.
  explicit RedisServer(RedisOptions options = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // As a crash of its machine.
  void Kill() { process_->Kill(); }
  // Asks it to stop, and waits for its end.
  void Stop();

  // On the same socket and port, after it ended.
  void Restart() { Start(); }

  // It stands still: connections are accepted by the system, and nothing answers.
  void Freeze() { process_->Freeze(); }
  void Thaw() { process_->Thaw(); }

  // A command over a connection of its own; the answer as text, the elements of a list on lines.
  //
  // Errors: throws Surprise when nothing answers, or with an error.
  std::string Command(const std::vector<std::string>& words) const;

  // Deletes all keys.
  void FlushAll() const { Command({"FLUSHALL"}); }

  const std::filesystem::path& socket() const { return socket_; }
  std::string url() const { return "unix://" + socket_.string(); }
  // For a server that listens there.
  std::string tcp_url() const;
  std::uint16_t port() const { return port_; }

 private:
  void Start();

  RedisOptions options_;
  std::filesystem::path folder_;
  SocketFolder socket_folder_;
  std::filesystem::path socket_;
  std::uint16_t port_;
  std::optional<StoreProcess> process_;
};

}  // namespace chat::testing
