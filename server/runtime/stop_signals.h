// SIGTERM and SIGINT as a request to stop in good order. A second one ends the process at once.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>

#include "server/runtime/asio.h"

namespace chat::runtime {

// Thread: that of the io_context; `on_stop` runs there. Lifetime: at most one at a time in a
// process.
class StopSignals {
 public:
  // Calls `on_stop` once, for the first signal; after it the signals have their default effect
  // again.
  StopSignals(asio::io_context& io_context, std::function<void()> on_stop);

 private:
  asio::signal_set signals_;
};

}  // namespace chat::runtime
