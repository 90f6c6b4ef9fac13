#include "server/runtime/stop_signals.h"

#include <boost/system/error_code.hpp>
#include <csignal>
#include <utility>

namespace chat::runtime {

StopSignals::StopSignals(asio::io_context& io_context, StopHandlers handlers)
    : signals_(io_context, SIGINT, SIGTERM), handlers_(std::move(handlers)) {
  WaitForFirst();
}

void StopSignals::WaitForFirst() {
  signals_.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    WaitForSecond();
    handlers_.on_first();
  });
}

void StopSignals::WaitForSecond() {
  signals_.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    signals_.clear();
    handlers_.on_second();
  });
}

}  // namespace chat::runtime
