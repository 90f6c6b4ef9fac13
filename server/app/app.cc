#include "server/app/app.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/app/admin_server.h"
#include "server/app/shard_server.h"
#include "server/app/startup.h"
#include "server/auth/keyring.h"
#include "server/auth/password_hasher.h"
#include "server/auth/secure_random.h"
#include "server/net/listening_socket.h"
#include "server/runtime/shard.h"
#include "server/runtime/stop_signals.h"
#include "server/runtime/task_group.h"
#include "server/runtime/worker_pool.h"
#include "server/telemetry/log.h"

namespace chat::app {
namespace {

using telemetry::Log;
using telemetry::Severity;

// One core's worth of hashing at a time; about a second and a half of logins may wait.
constexpr runtime::WorkerPoolOptions kHashingPool{.threads = 1, .queued_max = 48};

std::string Url(const config::ListenAddress& address, std::uint16_t port) {
  const bool v6 = address.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + address.host + "]" : address.host;
  return "http://" + host + ":" + std::to_string(port);
}

// The parts of a running server, in the order in which they must outlive each other.
//
// Thread: made, run and destroyed on the main one; drain and end are led by the first shard.
class RunningServer {
 public:
  RunningServer(const config::Config& config, OpenedBackend opened, PublicSockets sockets);

  void Run();

 private:
  void AddShard(const config::Config& config, net::FileDescriptor listening_socket);
  void AddAdmin(net::FileDescriptor listening_socket);
  void SendAway();
  void Drain();
  void HurryDrain();
  asio::awaitable<void> DrainShard(ShardServer& server);
  asio::awaitable<void> EndAll();
  asio::awaitable<void> EndShard(ShardServer& server);

  OpenedBackend opened_;
  auth::SystemRandom random_;
  runtime::WorkerPool hashing_threads_{kHashingPool};
  auth::PasswordHasher hasher_;
  std::deque<runtime::Shard> shards_;
  std::deque<runtime::TaskGroup> stopping_;  // of each shard
  std::deque<ShardServer> servers_;
  std::optional<AdminServer> admin_;
  std::size_t draining_count_ = 0;  // shards that are not done yet
  bool is_draining_ = false;
};

RunningServer::RunningServer(const config::Config& config, OpenedBackend opened,
                             PublicSockets sockets)
    : opened_(std::move(opened)),
      hasher_([this](Task task) { return hashing_threads_.Submit(std::move(task)); }) {
  for (net::FileDescriptor& socket : sockets.listening) AddShard(config, std::move(socket));
  if (sockets.admin) AddAdmin(*std::move(sockets.admin));
}

void RunningServer::AddShard(const config::Config& config, net::FileDescriptor listening_socket) {
  const auto log_failure = [](std::string_view what) {
    Log(Severity::kError, "stop_failed", {{"what", what}});
  };
  runtime::Shard& shard = shards_.emplace_back(runtime::ShardOptions{
      .number = static_cast<std::uint32_t>(shards_.size()), .clock = &opened_.backend->clock()});
  stopping_.emplace_back(shard.io_context().get_executor(), log_failure);
  servers_.emplace_back(shard, SharedParts{.config = config,
                                           .backend = *opened_.backend,
                                           .keyring = *opened_.keyring,
                                           .secret = opened_.secret,
                                           .hasher = hasher_,
                                           .random = random_});
  servers_.back().Serve(std::move(listening_socket));
}

void RunningServer::AddAdmin(net::FileDescriptor listening_socket) {
  std::vector<ShardServer*> servers;
  for (ShardServer& server : servers_) servers.push_back(&server);
  admin_.emplace(shards_.front(),
                 AdminParts{.backend = *opened_.backend,
                            .shards = std::move(servers),
                            .hashing_threads = hashing_threads_,
                            .token = opened_.admin_token,
                            .drain = [this] { Drain(); }},
                 std::move(listening_socket));
  admin_->Start();
}

void RunningServer::Run() {
  const runtime::StopSignals signals(
      shards_.front().io_context(),
      {.on_first = [this] { Drain(); }, .on_second = [this] { HurryDrain(); }});
  opened_.backend->Start([this] { SendAway(); });
  for (runtime::Shard& shard : shards_) shard.Start();
  for (runtime::Shard& shard : shards_) shard.Join();
  opened_.backend->Stop();
}

void RunningServer::SendAway() {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    shards_[i].Post([this, i] { servers_[i].SendAway(); });
  }
}

void RunningServer::Drain() {
  if (std::exchange(is_draining_, true)) return;
  Log(Severity::kInfo, "draining");
  draining_count_ = servers_.size();
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    shards_[i].Post([this, i] { stopping_[i].Spawn(DrainShard(servers_[i])); });
  }
}

void RunningServer::HurryDrain() {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    shards_[i].Post([this, i] { servers_[i].HurryDrain(); });
  }
}

asio::awaitable<void> RunningServer::DrainShard(ShardServer& server) {
  co_await server.Drain();
  shards_.front().Post([this] {
    if (--draining_count_ == 0) stopping_.front().Spawn(EndAll());
  });
}

// The admin port goes first: it asks all shards, which have to run for that.
asio::awaitable<void> RunningServer::EndAll() {
  Log(Severity::kInfo, "stopping");
  if (admin_) co_await admin_->Stop();
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    shards_[i].Post([this, i] { stopping_[i].Spawn(EndShard(servers_[i])); });
  }
}

asio::awaitable<void> RunningServer::EndShard(ShardServer& server) {
  co_await server.Stop();
  // The coroutine ends in this turn; the loop stops after it.
  server.shard().Post([&server] { server.shard().Stop(); });
}

void PrintAddresses(const config::Config& config, const PublicSockets& sockets) {
  std::printf("listening on %s\n",
              Url(config.listen, net::PortOf(sockets.listening.front())).c_str());
  if (sockets.admin) {
    std::printf("admin on %s\n", Url(*config.admin_listen, net::PortOf(*sockets.admin)).c_str());
  }
  std::fflush(stdout);
}

}  // namespace

std::expected<void, std::string> RunServer(const config::Config& config) {
  auto opened = OpenBackend(config);
  if (!opened) return std::unexpected(std::move(opened.error()));
  auto sockets = OpenSockets(config);
  if (!sockets) return std::unexpected(std::move(sockets.error()));
  if (!config.rates) {
    Log(Severity::kWarn, "rate_limits_off", {{"reason", "--rate-limits off: for load tests only"}});
  }
  PrintAddresses(config, *sockets);
  RunningServer(config, *std::move(opened), *std::move(sockets)).Run();
  return {};
}

}  // namespace chat::app
