// The admin port: /metrics, asked of every shard in turn, and /drain. Served by the first shard,
// apart from the public port so that it can stay on loopback.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "server/app/backend.h"
#include "server/app/shard_server.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/net/file_descriptor.h"
#include "server/runtime/asio.h"
#include "server/runtime/worker_pool.h"

namespace chat::app {

struct AdminParts {
  const Backend& backend;
  std::vector<ShardServer*> shards;
  const runtime::WorkerPool& hashing_threads;
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

  runtime::Shard& home_;
  AdminParts parts_;
  http::Router router_;
  http::Server http_;
};

}  // namespace chat::app
