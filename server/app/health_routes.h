// GET /healthz: the process is alive. GET /readyz: it can serve now, with each thing it depends on
// by name.
#pragma once

#include "server/http/router.h"
#include "server/ports/dependency.h"

namespace chat::app {

// `store` outlives the router.
void AddHealthRoutes(http::Router& router, Dependency& store);

}  // namespace chat::app
