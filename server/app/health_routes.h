// GET /healthz: the process is alive. GET /readyz: it can serve now, with each thing it depends on
// by name.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <span>
#include <vector>

#include "server/app/backend.h"
#include "server/http/router.h"
#include "server/ports/dependency.h"
#include "server/runtime/asio.h"

namespace chat::app {

// How each of them stands, in the same order; within 2 s. They outlive the answer.
asio::awaitable<std::vector<DependencyState>> CheckAll(
    std::span<const NeededDependency> dependencies);

struct ReadinessParts {
  std::span<const NeededDependency> dependencies;
  std::function<bool()> is_draining;
};

// Ready is the server whose required dependencies are, and that does not drain.
//
// What `parts` names outlives the router.
void AddHealthRoutes(http::Router& router, ReadinessParts parts);

}  // namespace chat::app
