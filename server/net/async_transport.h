// A Transport for coroutines: the same operations, waiting for the socket with a deadline. Used by
// HTTP sessions, of which there are few; WebSocket connections would pay for a parked coroutine
// each.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <expected>
#include <span>
#include <string_view>

#include "server/net/transport.h"
#include "server/runtime/asio.h"

namespace chat::net {

using Deadline = std::chrono::steady_clock::time_point;

enum class StreamError {
  kTimeout,
  kClosed,     // the other side ended its direction
  kFailed,     // reset, or broken otherwise
  kCancelled,  // Cancel, or the task's own cancellation
};

// Thread: the shard's. Lifetime: owns its transport until Release.
class AsyncTransport {
 public:
  AsyncTransport(asio::any_io_executor executor, Transport transport);
  ~AsyncTransport();
  AsyncTransport(const AsyncTransport&) = delete;
  AsyncTransport& operator=(const AsyncTransport&) = delete;

  // At least one byte into the front of `buffer`. Errors: all of StreamError.
  asio::awaitable<std::expected<std::size_t, StreamError>> Receive(std::span<char> buffer,
                                                                   Deadline deadline);

  // All of `head` and then all of `body`. Errors: all but kClosed.
  asio::awaitable<std::expected<void, StreamError>> SendAll(std::string_view head,
                                                            std::string_view body,
                                                            Deadline deadline);

  // Makes the wait that goes on now, if there is one, fail with kCancelled.
  void Cancel();

  Transport& transport() { return transport_; }

  // Hands the connection over; nothing else may be called afterwards.
  Transport Release() &&;

 private:
  asio::awaitable<std::expected<void, StreamError>> Wait(
      asio::posix::stream_descriptor::wait_type type, Deadline deadline);

  Transport transport_;
  // Only waits: it watches the transport's descriptor without owning it.
  asio::posix::stream_descriptor watch_;
  asio::steady_timer timer_;
};

}  // namespace chat::net
