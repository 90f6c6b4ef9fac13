// The whole server in one process: opens the store, makes a server for each shard, runs them until
// a signal asks to stop, and ends them in good order. The only place that names concrete adapters.
#pragma once

#include <expected>
#include <string>

#include "server/config/config.h"

namespace chat::app {

// Serves until SIGTERM or SIGINT. Prints `listening on http://…` and `admin on http://…` on stdout
// once it can be reached there. Errors: one sentence on why it cannot start. Thread: the main one.
std::expected<void, std::string> RunServer(const config::Config& config);

}  // namespace chat::app
