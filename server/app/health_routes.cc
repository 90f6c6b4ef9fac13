#include "server/app/health_routes.h"

#include "protocol/chat.pb.h"
#include "server/http/response.h"
#include "server/http/status.h"
#include "server/runtime/await.h"

namespace chat::app {
namespace {

asio::awaitable<http::Response> AnswerAlive(http::Request) {
  v1::HealthResponse health;
  health.set_status("ok");
  co_return http::JsonResponse(http::Status::kOk, health);
}

asio::awaitable<http::Response> AnswerReady(Dependency& store) {
  const DependencyState state =
      co_await runtime::Await<DependencyState>([&](auto done) { store.Check(std::move(done)); });
  v1::ReadyResponse ready;
  ready.set_status(state.ready ? "ready" : "not_ready");
  v1::Dependency& shown = *ready.add_dependencies();
  shown.set_name(state.name);
  shown.set_ready(state.ready);
  shown.set_detail(state.detail);
  co_return http::JsonResponse(state.ready ? http::Status::kOk : http::Status::kServiceUnavailable,
                               ready);
}

}  // namespace

void AddHealthRoutes(http::Router& router, Dependency& store) {
  router.Add({.method = http::Method::kGet, .pattern = "/healthz", .handler = AnswerAlive});
  router.Add({.method = http::Method::kGet,
              .pattern = "/readyz",
              .handler = [&store](http::Request) { return AnswerReady(store); }});
}

}  // namespace chat::app
