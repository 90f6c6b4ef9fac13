// The real server as a process of its own, in a new folder and on free ports: started, killed,
// started again. It knows the command line and what is printed, nothing of the protocol.
#pragma once

#include <signal.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/harness/child_process.h"
#include "tests/harness/deadline.h"
#include "tests/harness/metrics_page.h"
#include "tests/harness/socket.h"

namespace chat::testing {

struct ServerOptions {
  int shards = 1;
  // Further flags, as they are. Nothing is limited unless --rate-limits is one of them: the tests'
  // people all have one address.
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
  void Kill() { process_->Kill(); }

  // Stops it in the middle of whatever it does, and lets it go on.
  void Freeze() { process_->Signal(SIGSTOP); }
  void Thaw() { process_->Signal(SIGCONT); }

  // Asks the server to stop.
  void Terminate() { process_->Signal(SIGTERM); }

  // Waits for the end of a server that was asked to stop; its exit code.
  int ExitCode() { return process_->ExitCode(); }

  bool has_ended() const { return process_->has_ended(); }

  // What else it prints.
  //
  // Errors: throws Surprise when that is nothing until the deadline.
  std::string ReadLine(const Deadline& deadline) { return process_->ReadLine(deadline); }

  // On the same ports with the same data, after it ended.
  void Restart() { Start(); }

  std::filesystem::path data_folder() const { return folder_ / "data"; }
  const Endpoint& endpoint() const { return endpoint_; }
  const Endpoint& admin() const { return admin_; }
  MetricsPage Metrics() const { return MetricsPage::Read(admin_); }

  // The memory that it has in use now (VmRSS).
  std::size_t resident_bytes() const;

 private:
  void Start();
  std::vector<std::string> Arguments() const;
  // What stands behind `label` in a line, if it does.
  static std::optional<Endpoint> FindAddress(std::string_view line, std::string_view label);

  ServerOptions options_;
  std::filesystem::path folder_;
  Endpoint endpoint_;
  Endpoint admin_;
  std::optional<ChildProcess> process_;
};

}  // namespace chat::testing
