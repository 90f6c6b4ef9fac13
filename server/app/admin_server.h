// The admin port: /metrics, asked of every shard in turn, /drain, and for who shows the admin token
// what chatctl asks. Served by the first shard, apart from the public port so that it can stay on
// loopback.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "server/app/backend.h"
#include "server/app/shard_server.h"
#include "server/auth/admin_token.h"
#include "server/auth/keyring.h"
#include "server/http/admin/admin_api.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/local/local_rate_limits.h"
#include "server/net/file_descriptor.h"
#include "server/ports/completion.h"
#include "server/ports/inspection.h"
#include "server/runtime/asio.h"
#include "server/runtime/worker_pool.h"

namespace chat::app {

struct AdminParts {
  Backend& backend;
  std::vector<ShardServer*> shards;  // the first one serves
  const runtime::WorkerPool& hashing_threads;
  std::optional<auth::AdminToken> token;
  // Begins to let the clients go, as SIGTERM does; a second time changes nothing.
  std::function<void()> drain;
};

// Thread: the shard's that serves it. Lifetime: shorter than its parts.
class AdminServer {
 public:
  AdminServer(runtime::Shard& home, AdminParts parts, net::FileDescriptor listening_socket);

  void Start() { http_.Start(); }
  asio::awaitable<void> Stop();

 private:
  asio::awaitable<http::Response> AnswerMetrics();
  asio::awaitable<http::Response> AnswerDrain();
  void AddAdminApi(auth::AdminToken token);
  void RotateKeys(Completion<std::uint32_t, auth::KeyringError> done);

  runtime::Shard& home_;
  AdminParts parts_;
  LocalRateLimits no_rate_limits_{std::nullopt};  // an operator may do things in a row
  std::unique_ptr<Inspection> inspection_;
  std::optional<http::AdminApi> admin_api_;
  http::Router router_;
  http::Server http_;
};

}  // namespace chat::app
