// Accepts connections from one listening socket, as long as there is room for them. It pauses,
// instead of spinning, when the system has no descriptor or memory left, and says so.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "server/net/file_descriptor.h"
#include "server/net/ip_address.h"
#include "server/net/transport.h"
#include "server/runtime/asio.h"

namespace chat::http {

struct ListenerHooks {
  std::function<bool()> has_room;
  std::function<void(net::Transport, net::IpAddress peer)> on_accept;
  // Accepting stopped for a while; said once, until it worked again.
  std::function<void(std::string_view why)> on_pause;
};

// Thread: the shard's. Lifetime: longer than its Run.
class Listener {
 public:
  Listener(asio::any_io_executor executor, net::FileDescriptor socket, ListenerHooks hooks);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Accepts until Close.
  asio::awaitable<void> Run();

  // There may be room again.
  void MadeRoom();

  // Ends Run and gives the port back.
  void Close();

 private:
  enum class Outcome { kAccepted, kNothingLeft, kExhausted };

  asio::awaitable<void> AcceptSome();
  asio::awaitable<void> WaitForRoom();
  asio::awaitable<void> Pause(std::string why);
  Outcome AcceptOne();

  net::FileDescriptor socket_;
  ListenerHooks hooks_;
  // Only waits: it watches the socket without owning it.
  asio::posix::stream_descriptor watch_;
  asio::steady_timer pause_;
  bool is_closed_ = false;
  bool is_pausing_ = false;  // since the last success
};

}  // namespace chat::http
