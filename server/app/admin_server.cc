#include "server/app/admin_server.h"

#include <utility>

#include "server/http/response.h"
#include "server/http/status.h"
#include "server/runtime/await.h"
#include "server/telemetry/log.h"
#include "server/telemetry/metrics.h"

namespace chat::app {
namespace {

constexpr std::chrono::milliseconds kStopPatience{500};

http::ServerOptions MakeOptions(const http::Router& router, const Clock& clock) {
  return {.session = {.router = &router, .clock = &clock},
          .sessions_max = 64,
          .on_failure = [](std::string_view what) {
            telemetry::Log(telemetry::Severity::kError, "admin_session_failed", {{"what", what}});
          }};
}

// A shard's counters belong to its thread: it takes the snapshot itself.
asio::awaitable<telemetry::ShardSnapshot> TakeSnapshot(ShardServer& server, runtime::Shard& home) {
  co_return co_await runtime::Await<telemetry::ShardSnapshot>([&](auto done) {
    server.shard().Post([&server, &home, done = std::move(done)]() mutable {
      home.Post(
          [snapshot = server.Snapshot(), done = std::move(done)]() mutable { done(snapshot); });
    });
  });
}

}  // namespace

AdminServer::AdminServer(runtime::Shard& home, AdminParts parts,
                         net::FileDescriptor listening_socket)
    : home_(home),
      parts_(std::move(parts)),
      http_(home.io_context().get_executor(), std::move(listening_socket),
            MakeOptions(router_, parts_.backend.clock())) {
  router_.Add({.method = http::Method::kGet,
               .pattern = "/metrics",
               .handler = [this](http::Request) { return AnswerMetrics(); }});
  router_.Add({.method = http::Method::kPost,
               .pattern = "/drain",
               .handler = [this](http::Request) { return AnswerDrain(); }});
  if (parts_.token) AddAdminApi(*std::move(parts_.token));
}

void AdminServer::AddAdminApi(auth::AdminToken token) {
  inspection_ = parts_.backend.MakeInspection(home_);
  admin_api_.emplace(
      http::AdminPorts{.api = parts_.shards.front()->MakeApiPorts(no_rate_limits_),
                       .inspection = *inspection_,
                       .token = std::move(token),
                       .rotate_keys = [this](auto done) { RotateKeys(std::move(done)); }});
  admin_api_->AddRoutes(router_);
}

// The other shards are told once it is stored, and other nodes notice.
void AdminServer::RotateKeys(Completion<std::uint32_t, auth::KeyringError> done) {
  parts_.shards.front()->keys().Rotate([this, done = std::move(done)](auto rotated) mutable {
    for (ShardServer* server : parts_.shards) {
      server->shard().Post([server] { server->keys().Refresh([](auto) {}); });
    }
    done(std::move(rotated));
  });
}

asio::awaitable<http::Response> AdminServer::AnswerMetrics() {
  std::vector<telemetry::ShardSnapshot> shards;
  for (ShardServer* server : parts_.shards) shards.push_back(co_await TakeSnapshot(*server, home_));
  BackendCounters backend = parts_.backend.counters();
  backend.queues.push_back({"hashing", parts_.hashing_threads.measures()});
  co_return http::TextResponse(
      http::Status::kOk, telemetry::RenderMetrics({.shards = std::move(shards),
                                                   .store = backend.store,
                                                   .queues = std::move(backend.queues),
                                                   .parts = std::move(backend.parts),
                                                   .histograms = std::move(backend.histograms)}));
}

asio::awaitable<http::Response> AdminServer::AnswerDrain() {
  parts_.drain();
  co_return http::NoContent();
}

asio::awaitable<void> AdminServer::Stop() { co_await http_.Stop(kStopPatience); }

}  // namespace chat::app
