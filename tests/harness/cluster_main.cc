// A cluster to play with: a private PostgreSQL, a private Redis and some nodes of the real server,
// on free ports of this machine, until Ctrl-C. Nothing of it stays.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <string>
#include <vector>

#include "tests/harness/deadline.h"
#include "tests/harness/http_client.h"
#include "tests/harness/postgres_server.h"
#include "tests/harness/redis_server.h"
#include "tests/harness/server_process.h"
#include "tests/harness/socket.h"

namespace chat::testing {
namespace {

constexpr int kNodesMax = 16;

// What the handler of signals writes to: all that it may do.
int stop_pipe = -1;

void AskToStop(int) {
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(stop_pipe, "x", 1);
  errno = error;
}

// Ctrl-C and SIGTERM as something to wait for. Children start with the default effect again, unlike
// with blocked signals.
class StopRequest {
 public:
  StopRequest() {
    if (::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw Surprise("no pipe can be made");
    stop_pipe = ends_[1];
    struct sigaction action{};
    action.sa_handler = AskToStop;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
  }

  void Wait() const {
    pollfd waiting{.fd = ends_[0], .events = POLLIN, .revents = 0};
    while (::poll(&waiting, 1, -1) < 0 && errno == EINTR) {
    }
  }

 private:
  std::array<int, 2> ends_;
};

void AwaitReady(const ServerProcess& node) {
  const HttpClient client(node.endpoint());
  const Deadline deadline;
  while (client.Get("/readyz").status != 200) {
    if (deadline.passed())
      throw Surprise("a node does not get ready: " + client.Get("/readyz").body);
  }
}

class Cluster {
 public:
  Cluster(int nodes, const std::vector<std::string>& flags) {
    for (int i = 0; i < nodes; ++i) {
      std::vector<std::string> all = {"--postgres=" + postgres_.url(), "--redis=" + redis_.url(),
                                      "--node=node-" + std::to_string(i + 1)};
      all.insert(all.end(), flags.begin(), flags.end());
      nodes_.emplace_back(ServerOptions{.shards = 1, .flags = std::move(all)});
    }
    for (const ServerProcess& node : nodes_) AwaitReady(node);
  }

  void PrintAddresses() const {
    std::printf("postgres  %s\nredis     %s\n", postgres_.url().c_str(), redis_.url().c_str());
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      std::printf("node-%zu    http://%s   admin http://%s\n", i + 1,
                  nodes_[i].endpoint().ToString().c_str(), nodes_[i].admin().ToString().c_str());
    }
    std::printf("Ctrl-C ends all of it.\n");
    std::fflush(stdout);
  }

  // Nodes take leave before their stores go.
  void Stop() {
    for (ServerProcess& node : nodes_) node.Terminate();
    for (ServerProcess& node : nodes_) node.ExitCode();
  }

 private:
  PostgresServer postgres_;
  RedisServer redis_;
  std::deque<ServerProcess> nodes_;
};

int Run(int argc, char** argv) {
  int nodes = 3;
  std::vector<std::string> flags;
  CLI::App app("A private cluster of the chat server, until Ctrl-C.", "cluster");
  app.add_option("--nodes", nodes, "How many nodes")
      ->check(CLI::Range(1, kNodesMax))
      ->capture_default_str();
  app.add_option("flags", flags, "Further flags of every node, behind --");
  CLI11_PARSE(app, argc, argv);
  try {
    const StopRequest stop;
    Cluster cluster(nodes, flags);
    cluster.PrintAddresses();
    stop.Wait();
    cluster.Stop();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cluster: %s\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace chat::testing

int main(int argc, char** argv) { return chat::testing::Run(argc, argv); }
