// Opens one socket: looks a name up on a thread of Asio's, and tries each address it has.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "server/redis/lifetime.h"
#include "server/redis/redis_url.h"
#include "server/runtime/asio.h"

namespace chat::redis {

// Thread: the loop's. Lifetime: not ended within `done`.
class Dialer {
 public:
  using Socket = asio::generic::stream_protocol::socket;
  // Errors: why not, as the end of a sentence.
  using Done = std::move_only_function<void(std::expected<Socket, std::string>)>;

  explicit Dialer(const asio::any_io_executor& executor);

  // Once. `done` is called later, never within Dial. There is no deadline: the caller cancels.
  void Dial(const Address& address, Done done);

  // `done` is not called any more.
  void Cancel();

 private:
  using Tcp = asio::ip::tcp;

  void Connect(const Tcp::resolver::results_type& endpoints);
  void Finish(std::expected<Socket, std::string> outcome);

  Tcp::resolver resolver_;
  // Also held by an attempt to connect, which looks at it when it was cancelled.
  std::shared_ptr<Tcp::socket> tcp_socket_;
  asio::local::stream_protocol::socket unix_socket_;
  Done done_;
  Lifetime lifetime_;
};

}  // namespace chat::redis
