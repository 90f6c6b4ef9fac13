#include "server/redis/dialer.h"

#include <boost/asio/connect.hpp>
#include <boost/system/error_code.hpp>
#include <utility>

namespace chat::redis {
namespace {

using boost::system::error_code;

std::unexpected<std::string> Unreachable(const error_code& error) {
  return std::unexpected("it cannot be reached: " + error.message());
}

}  // namespace

Dialer::Dialer(const asio::any_io_executor& executor)
    : resolver_(executor),
      tcp_socket_(std::make_shared<Tcp::socket>(executor)),
      unix_socket_(executor) {}

void Dialer::Dial(const Address& address, Done done) {
  done_ = std::move(done);
  if (address.is_unix()) {
    unix_socket_.async_connect(asio::local::stream_protocol::endpoint(address.path),
                               [this, watch = lifetime_.watch()](const error_code& error) {
                                 if (watch.is_over()) return;
                                 if (error) return Finish(Unreachable(error));
                                 Finish(Socket(std::move(unix_socket_)));
                               });
    return;
  }
  resolver_.async_resolve(
      address.host, std::to_string(address.port), Tcp::resolver::numeric_service,
      [this, watch = lifetime_.watch()](const error_code& error,
                                        const Tcp::resolver::results_type& endpoints) {
        if (watch.is_over()) return;
        if (error) return Finish(std::unexpected("its name is unknown: " + error.message()));
        Connect(endpoints);
      });
}

void Dialer::Connect(const Tcp::resolver::results_type& endpoints) {
  if (!done_) return;
  asio::async_connect(*tcp_socket_, endpoints,
                      [this, socket = tcp_socket_, watch = lifetime_.watch()](
                          const error_code& error, const Tcp::endpoint&) {
                        if (watch.is_over()) return;
                        if (error) return Finish(Unreachable(error));
                        error_code ignored;
                        socket->set_option(Tcp::no_delay(true), ignored);
                        Finish(Socket(std::move(*socket)));
                      });
}

void Dialer::Cancel() {
  done_ = nullptr;
  resolver_.cancel();
  error_code ignored;
  tcp_socket_->close(ignored);
  unix_socket_.close(ignored);
}

void Dialer::Finish(std::expected<Socket, std::string> outcome) {
  if (Done done = std::exchange(done_, nullptr); done) done(std::move(outcome));
}

}  // namespace chat::redis
