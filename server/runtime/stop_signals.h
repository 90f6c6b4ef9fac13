// SIGTERM and SIGINT as a request to stop in good order, and a second one as a request to hurry. A
// third one ends the process at once.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>

#include "server/runtime/asio.h"

namespace chat::runtime {

struct StopHandlers {
  std::function<void()> on_first;
  std::function<void()> on_second;
};

// Thread: that of the io_context; the handlers run there. Lifetime: at most one at a time in a
// process.
class StopSignals {
 public:
  // Calls each of `handlers` once; after that the signals have their default effect again.
  StopSignals(asio::io_context& io_context, StopHandlers handlers);

 private:
  void WaitForFirst();
  void WaitForSecond();

  asio::signal_set signals_;
  StopHandlers handlers_;
};

}  // namespace chat::runtime
