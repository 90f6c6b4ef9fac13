// GET /healthz: the process is alive. GET /readyz: it can serve now, with each thing it depends on
// by name.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <span>
#include <vector>

#include "server/app/backend.h"
#include "server/http/router.h"
#include "server/ports/dependency.h"
#include "server/runtime/asio.h"

namespace chat::app {

// How long /readyz and the start wait for what should answer within 2 s by itself.
inline constexpr std::chrono::milliseconds kCheckDeadline{2000};

// How each of them stands, in the same order. One that has not answered by the deadline is not
// ready; its answer may come later, and is dropped. They outlive the answers of `CheckAll`.
asio::awaitable<std::vector<DependencyState>> CheckAll(
    std::span<const NeededDependency> dependencies,
    std::chrono::milliseconds deadline = kCheckDeadline);

struct ReadinessParts {
  std::span<const NeededDependency> dependencies;
  std::function<bool()> is_draining;
};

// Ready is the server whose required dependencies are, and that does not drain.
//
// What `parts` names outlives the router.
void AddHealthRoutes(http::Router& router, ReadinessParts parts);

}  // namespace chat::app
