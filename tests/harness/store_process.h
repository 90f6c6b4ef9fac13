// A server of others, PostgreSQL or Redis, with the processes that it starts: started, killed,
// frozen. It knows processes and how they say that they are ready, nothing of what they store. Used
// by PostgresServer and RedisServer.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/harness/child_process.h"

namespace chat::testing {

// A new folder whose path is short enough for sockets in it, which may have 107 characters.
//
// Thread: one. Lifetime: the folder and what is in it are removed at its end.
class SocketFolder {
 public:
  SocketFolder();
  ~SocketFolder();
  SocketFolder(const SocketFolder&) = delete;
  SocketFolder& operator=(const SocketFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct StoreProcessOptions {
  // Of the files that the test names in `data`, as "../redis/bin/redis-server".
  std::string program;
  std::vector<std::string> arguments;
  // A SocketFolder's.
  std::filesystem::path socket_folder;
  // Where its standard error is appended.
  std::filesystem::path log;
};

// Thread: one. Lifetime: the process is killed at its end, and also when the test dies.
class StoreProcess {
 public:
  // Returns when the server says that it serves, in the way of systemd's services.
  //
  // Errors: throws Surprise when it ends before, or does not say so in time.
  explicit StoreProcess(const StoreProcessOptions& options);
  ~StoreProcess();
  StoreProcess(const StoreProcess&) = delete;
  StoreProcess& operator=(const StoreProcess&) = delete;

  // As a crash of the machine: all its processes at once. Returns when all have ended.
  void Kill();

  // Sends the signal that asks it to stop, and returns when it has ended.
  //
  // Errors: throws Surprise when it does not end in time.
  void Stop(int signal);

  // All its processes stand still: its sockets accept and nothing answers, as when a network
  // breaks.
  void Freeze();
  void Thaw();

  bool is_running() const { return running_; }

 private:
  std::optional<ChildProcess> process_;
  bool running_ = true;
};

// A port of loopback that is free now, and that the system gives to nobody who does not ask for it.
//
// Errors: throws Surprise when there is none.
std::uint16_t FindFreePort();

}  // namespace chat::testing
