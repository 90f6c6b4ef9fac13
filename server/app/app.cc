#include "server/app/app.h"

#include <boost/asio/post.hpp>
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
#include "server/local/local_bus.h"
#include "server/net/listening_socket.h"
#include "server/runtime/shard.h"
#include "server/runtime/stop_signals.h"
#include "server/runtime/system_clock.h"
#include "server/runtime/task_group.h"
#include "server/runtime/worker_pool.h"
#include "server/sqlite/database.h"
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
class RunningServer {
 public:
  RunningServer(const config::Config& config, StartedStore store, PublicSockets sockets);

  void Run();

 private:
  void StopAll();
  asio::awaitable<void> StopShard(ShardServer& server);

  StartedStore store_;
  auth::SystemRandom random_;
  runtime::WorkerPool hashing_threads_{kHashingPool};
  auth::PasswordHasher hasher_;
  std::deque<runtime::Shard> shards_;
  std::deque<runtime::TaskGroup> stopping_;  // of each shard
  std::deque<ShardServer> servers_;
  std::optional<AdminServer> admin_;
};

RunningServer::RunningServer(const config::Config& config, StartedStore store,
                             PublicSockets sockets)
    : store_(std::move(store)),
      hasher_([this](Task task) { return hashing_threads_.Submit(std::move(task)); }) {
  const auto log_failure = [](std::string_view what) {
    Log(Severity::kError, "stop_failed", {{"what", what}});
  };
  std::vector<ShardServer*> servers;
  for (std::uint32_t number = 0; number < config.shards; ++number) {
    runtime::Shard& shard =
        shards_.emplace_back(runtime::ShardOptions{.number = number, .clock = store_.clock.get()});
    stopping_.emplace_back(shard.io_context().get_executor(), log_failure);
    servers.push_back(&servers_.emplace_back(shard, SharedParts{.config = config,
                                                                .database = *store_.database,
                                                                .bus = *store_.bus,
                                                                .clock = *store_.clock,
                                                                .keyring = *store_.keyring,
                                                                .hasher = hasher_,
                                                                .random = random_}));
    servers_.back().Serve(std::move(sockets.listening[number]));
  }
  if (sockets.admin) {
    admin_.emplace(
        shards_.front(),
        AdminParts{
            .database = *store_.database, .clock = *store_.clock, .shards = std::move(servers)},
        *std::move(sockets.admin));
    admin_->Start();
  }
}

void RunningServer::Run() {
  const runtime::StopSignals signals(shards_.front().io_context(), [this] { StopAll(); });
  for (runtime::Shard& shard : shards_) shard.Start();
  for (runtime::Shard& shard : shards_) shard.Join();
  store_.database->Stop();
}

void RunningServer::StopAll() {
  Log(Severity::kInfo, "stopping");
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    shards_[i].Post([this, i] { stopping_[i].Spawn(StopShard(servers_[i])); });
  }
}

asio::awaitable<void> RunningServer::StopShard(ShardServer& server) {
  if (server.shard().number() == 0 && admin_) co_await admin_->Stop();
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
  auto store = StartStore(config);
  if (!store) return std::unexpected(std::move(store.error()));
  auto sockets = OpenSockets(config);
  if (!sockets) return std::unexpected(std::move(sockets.error()));
  if (config.rate_limits == config::RateLimitMode::kOff) {
    Log(Severity::kWarn, "rate_limits_off", {{"reason", "--rate-limits off: for load tests only"}});
  }
  PrintAddresses(config, *sockets);
  RunningServer(config, *std::move(store), *std::move(sockets)).Run();
  return {};
}

}  // namespace chat::app
