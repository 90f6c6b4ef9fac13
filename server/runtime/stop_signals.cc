#include "server/runtime/stop_signals.h"

#include <boost/system/error_code.hpp>
#include <csignal>
#include <utility>

namespace chat::runtime {

StopSignals::StopSignals(asio::io_context& io_context, std::function<void()> on_stop)
    : signals_(io_context, SIGINT, SIGTERM) {
  signals_.async_wait(
      [this, on_stop = std::move(on_stop)](const boost::system::error_code& error, int) {
        if (error) return;
        signals_.clear();
        on_stop();
      });
}

}  // namespace chat::runtime
