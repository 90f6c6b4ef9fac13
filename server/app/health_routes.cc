#include "server/app/health_routes.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "protocol/chat.pb.h"
#include "server/http/response.h"
#include "server/http/status.h"
#include "server/runtime/await.h"

namespace chat::app {
namespace {

using States = std::vector<DependencyState>;

asio::awaitable<http::Response> AnswerAlive(http::Request) {
  v1::HealthResponse health;
  health.set_status("ok");
  co_return http::JsonResponse(http::Status::kOk, health);
}

struct Checks {
  States states;
  std::size_t missing;
  std::move_only_function<void(States)> done;  // empty once it was called
  // Belongs to what waits for it: an answer that comes late may outlive the shard.
  std::weak_ptr<asio::steady_timer> timer;

  void Finish() {
    if (!done) return;
    if (const auto waiting = timer.lock()) waiting->cancel();
    std::exchange(done, nullptr)(std::move(states));
  }
};

States StatesWithoutAnswer(std::span<const NeededDependency> dependencies) {
  States states;
  for (const NeededDependency& needed : dependencies) {
    states.push_back({.name = std::string(needed.name), .detail = "It does not answer."});
  }
  return states;
}

// All at once, so that the answer takes as long as the slowest of them.
void StartChecks(std::span<const NeededDependency> dependencies,
                 const std::shared_ptr<Checks>& checks) {
  for (std::size_t i = 0; i < dependencies.size(); ++i) {
    dependencies[i].dependency->Check([checks, i](DependencyState state) {
      if (!checks->done) return;
      checks->states[i] = std::move(state);
      if (--checks->missing == 0) checks->Finish();
    });
  }
}

void Show(v1::ReadyResponse& ready, const DependencyState& state) {
  v1::Dependency& shown = *ready.add_dependencies();
  shown.set_name(state.name);
  shown.set_ready(state.ready);
  shown.set_detail(state.detail);
}

asio::awaitable<http::Response> AnswerReady(const ReadinessParts& parts) {
  const States states = co_await CheckAll(parts.dependencies);
  const bool draining = parts.is_draining();
  bool all_ready = !draining;
  v1::ReadyResponse ready;
  for (std::size_t i = 0; i < states.size(); ++i) {
    Show(ready, states[i]);
    if (parts.dependencies[i].need == Need::kRequired) all_ready = all_ready && states[i].ready;
  }
  Show(ready,
       {.name = "node", .ready = !draining, .detail = draining ? "The node is draining." : ""});
  ready.set_status(all_ready ? "ready" : "not_ready");
  co_return http::JsonResponse(all_ready ? http::Status::kOk : http::Status::kServiceUnavailable,
                               ready);
}

}  // namespace

asio::awaitable<std::vector<DependencyState>> CheckAll(
    std::span<const NeededDependency> dependencies, std::chrono::milliseconds deadline) {
  const auto timer =
      std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, deadline);
  co_return co_await runtime::Await<States>([&](auto done) {
    const auto checks = std::make_shared<Checks>(
        Checks{StatesWithoutAnswer(dependencies), dependencies.size(), std::move(done), timer});
    timer->async_wait([checks, timer](const boost::system::error_code&) { checks->Finish(); });
    StartChecks(dependencies, checks);
  });
}

void AddHealthRoutes(http::Router& router, ReadinessParts parts) {
  router.Add({.method = http::Method::kGet, .pattern = "/healthz", .handler = AnswerAlive});
  router.Add({.method = http::Method::kGet,
              .pattern = "/readyz",
              .handler = [parts = std::move(parts)](http::Request) { return AnswerReady(parts); }});
}

}  // namespace chat::app
