// The admin port: /metrics, asked of every shard in turn. Served by the first shard, apart from the
// public port so that it can stay on loopback.
#pragma once

#include <chrono>
#include <vector>

#include "server/app/shard_server.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/net/file_descriptor.h"
#include "server/ports/clock.h"
#include "server/runtime/asio.h"
#include "server/sqlite/database.h"

namespace chat::app {

struct AdminParts {
  const sqlite::Database& database;
  const Clock& clock;
  std::vector<ShardServer*> shards;
};

// Thread: the shard's that serves it. Lifetime: shorter than its parts.
class AdminServer {
 public:
  AdminServer(runtime::Shard& home, AdminParts parts, net::FileDescriptor listening_socket);

  void Start() { http_.Start(); }
  asio::awaitable<void> Stop();

 private:
  asio::awaitable<http::Response> AnswerMetrics();

  runtime::Shard& home_;
  AdminParts parts_;
  http::Router router_;
  http::Server http_;
};

}  // namespace chat::app
