// Tells which of many descriptors are ready: an epoll set of its own that Asio watches as one
// descriptor. Watching each descriptor through Asio would cost an epoll_ctl per wait, a parked
// operation per connection and an extra receive per message. It does no input or output itself.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "server/net/file_descriptor.h"
#include "server/runtime/asio.h"

namespace chat::net {

// What a descriptor is watched for. That it broke is told always.
enum class Interest : std::uint32_t {
  kNone = 0,
  kRead = EPOLLIN,
  kWrite = EPOLLOUT,
  kReadWrite = EPOLLIN | EPOLLOUT,
};

// One descriptor that is ready. `token` is what it was added with.
struct Ready {
  void* token;
  bool readable;
  bool writable;
  bool broken;  // reset, or closed in both directions
};

// Level-triggered: what stays ready is told again, so a reader may leave something for the next
// turn. Thread: the shard's. Lifetime: longer than nothing it watches needs it; tokens must stay
// valid until the batch that names them was handled.
class Poller {
 public:
  using Handler = std::function<void(std::span<const Ready>)>;

  Poller(const asio::any_io_executor& executor, Handler on_ready);

  // Calls the handler once, with the next batch of ready descriptors; until then, asking again
  // changes nothing. Asked at the end of a turn: what stays ready, because it is written to only
  // then or had its share of reading, is then not told over and over within the turn.
  void WatchNext();

  // False when the system has no room for it.
  [[nodiscard]] bool Add(int descriptor, void* token, Interest interest);
  void Change(int descriptor, void* token, Interest interest);
  // Closing a descriptor removes it.

 private:
  static constexpr std::size_t kBatchMax = 256;

  void HandleBatch();

  FileDescriptor epoll_;
  // Only waits: it watches the epoll set with a duplicate of its descriptor.
  asio::posix::stream_descriptor watch_;
  Handler on_ready_;
  bool is_watching_ = false;
  std::array<epoll_event, kBatchMax> events_;
  std::array<Ready, kBatchMax> ready_;
};

}  // namespace chat::net
