#include "server/http/listener.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace chat::http {
namespace {

// How many connections are accepted before others on the shard have their turn.
constexpr int kAcceptsPerTurnMax = 32;

// Descriptors come free when a connection ends, and nobody tells us then.
constexpr std::chrono::milliseconds kExhaustedPause{100};

constexpr auto kUseTuple = asio::as_tuple(asio::use_awaitable);

bool IsExhaustion(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Listener::Listener(asio::any_io_executor executor, net::FileDescriptor socket, ListenerHooks hooks)
    : socket_(std::move(socket)),
      hooks_(std::move(hooks)),
      watch_(executor, socket_.number()),
      pause_(executor) {}

Listener::~Listener() {
  if (watch_.is_open()) watch_.release();
}

asio::awaitable<void> Listener::Run() {
  while (!is_closed_) {
    // Has no deadline: between connections there may be any time.
    const auto [error] =
        co_await watch_.async_wait(asio::posix::stream_descriptor::wait_read, kUseTuple);
    if (!error) co_await AcceptSome();
  }
  watch_.release();
  socket_ = net::FileDescriptor();
}

void Listener::MadeRoom() {
  if (!is_pausing_) pause_.cancel();
}

void Listener::Close() {
  if (std::exchange(is_closed_, true)) return;
  watch_.cancel();
  pause_.cancel();
}

asio::awaitable<void> Listener::AcceptSome() {
  for (int i = 0; i < kAcceptsPerTurnMax && !is_closed_; ++i) {
    if (!hooks_.has_room()) co_return co_await WaitForRoom();
    switch (AcceptOne()) {
      case Outcome::kAccepted:
        is_pausing_ = false;
        break;
      case Outcome::kNothingLeft:
        co_return;
      case Outcome::kExhausted:
        co_return co_await Pause(std::strerror(errno));
    }
  }
}

asio::awaitable<void> Listener::WaitForRoom() {
  while (!is_closed_ && !hooks_.has_room()) {
    // Sessions have deadlines of their own, so room comes in bounded time.
    pause_.expires_at(asio::steady_timer::time_point::max());
    co_await pause_.async_wait(kUseTuple);
  }
}

asio::awaitable<void> Listener::Pause(std::string why) {
  if (!is_pausing_) hooks_.on_pause(why);
  is_pausing_ = true;
  pause_.expires_after(kExhaustedPause);
  co_await pause_.async_wait(kUseTuple);
}

Listener::Outcome Listener::AcceptOne() {
  sockaddr_storage peer = {};
  socklen_t size = sizeof(peer);
  net::FileDescriptor accepted(::accept4(socket_.number(), reinterpret_cast<sockaddr*>(&peer),
                                         &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted.is_open()) {
    hooks_.on_accept(net::Transport(std::move(accepted)), net::IpAddress::Of(peer));
    return Outcome::kAccepted;
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK) return Outcome::kNothingLeft;
  // Anything else is about that one connection, which is gone: the next one may be fine.
  return IsExhaustion(errno) ? Outcome::kExhausted : Outcome::kAccepted;
}

}  // namespace chat::http
