#include "server/net/async_transport.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancel_at.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace chat::net {
namespace {

StreamError FromTransport(TransportError error) {
  return error == TransportError::kClosed ? StreamError::kClosed : StreamError::kFailed;
}

}  // namespace

AsyncTransport::AsyncTransport(asio::any_io_executor executor, Transport transport)
    : transport_(std::move(transport)),
      watch_(executor, transport_.descriptor()),
      timer_(executor) {}

AsyncTransport::~AsyncTransport() {
  if (watch_.is_open()) watch_.release();
}

asio::awaitable<std::expected<std::size_t, StreamError>> AsyncTransport::Receive(
    std::span<char> buffer, Deadline deadline) {
  while (true) {
    const std::expected<std::size_t, TransportError> received = transport_.Receive(buffer);
    if (received) co_return *received;
    if (received.error() != TransportError::kWouldBlock) {
      co_return std::unexpected(FromTransport(received.error()));
    }
    const auto ready = co_await Wait(asio::posix::stream_descriptor::wait_read, deadline);
    if (!ready) co_return std::unexpected(ready.error());
  }
}

asio::awaitable<std::expected<void, StreamError>> AsyncTransport::SendAll(std::string_view head,
                                                                          std::string_view body,
                                                                          Deadline deadline) {
  while (!head.empty() || !body.empty()) {
    const std::expected<std::size_t, TransportError> sent =
        transport_.Send(std::array<std::string_view, 2>{head, body});
    if (sent) {
      const std::size_t of_head = std::min(*sent, head.size());
      head.remove_prefix(of_head);
      body.remove_prefix(*sent - of_head);
      continue;
    }
    if (sent.error() != TransportError::kWouldBlock) {
      co_return std::unexpected(FromTransport(sent.error()));
    }
    const auto ready = co_await Wait(asio::posix::stream_descriptor::wait_write, deadline);
    if (!ready) co_return std::unexpected(ready.error());
  }
  co_return std::expected<void, StreamError>();
}

void AsyncTransport::Cancel() {
  if (watch_.is_open()) watch_.cancel();
}

Transport AsyncTransport::Release() && {
  watch_.release();
  return std::move(transport_);
}

asio::awaitable<std::expected<void, StreamError>> AsyncTransport::Wait(
    asio::posix::stream_descriptor::wait_type type, Deadline deadline) {
  const auto [error] = co_await watch_.async_wait(
      type, asio::cancel_at(timer_, deadline, asio::as_tuple(asio::use_awaitable)));
  if (!error) co_return std::expected<void, StreamError>();
  const bool is_late = std::chrono::steady_clock::now() >= deadline;
  co_return std::unexpected(is_late ? StreamError::kTimeout : StreamError::kCancelled);
}

}  // namespace chat::net
