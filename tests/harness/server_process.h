// The real server as a process of its own, in a new folder and on free ports: started, killed,
// started again. It knows the command line and what is printed, nothing of the protocol.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/harness/metrics_page.h"
#include "tests/harness/socket.h"

namespace chat::testing {

struct ServerOptions {
  int shards = 1;
  // Further flags, as they are.
  std::vector<std::string> flags = {};
};

// Thread: one. Lifetime: the test's; its end kills the server and removes its data. What the
// server logged stays as output of the test.
class ServerProcess {
 public:
  // Returns when the server says that it listens.
  //
  // Errors: throws Surprise when it does not say so in time.
  explicit ServerProcess(ServerOptions options = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // As a crash: nothing is flushed, nobody is told.
  void Kill();

  // Asks the server to stop.
  void Terminate();

  // Waits for the end of a server that was asked to stop; its exit code.
  //
  // Errors: throws Surprise when it does not end in time, or by a signal.
  int ExitCode();

  // On the same ports with the same data, after it ended.
  void Restart();

  const Endpoint& endpoint() const { return endpoint_; }
  MetricsPage Metrics() const { return MetricsPage::Read(admin_); }
  const Endpoint& admin() const { return admin_; }

  // The memory that it has in use now (VmRSS).
  std::size_t resident_bytes() const;

 private:
  void Start();
  std::vector<std::string> Arguments() const;
  void ReadAddresses();
  // Waits for the end; what waitpid says of it.
  int Reap();

  ServerOptions options_;
  std::filesystem::path folder_;
  std::filesystem::path log_;
  Endpoint endpoint_;
  Endpoint admin_;
  OwnedDescriptor output_;
  // Readable when the process has ended.
  OwnedDescriptor process_;
  pid_t pid_ = -1;
};

}  // namespace chat::testing
