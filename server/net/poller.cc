#include "server/net/poller.h"

#include <boost/system/error_code.hpp>
#include <cassert>
#include <utility>

namespace chat::net {
namespace {

Ready FromEvent(const epoll_event& event) {
  return {.token = event.data.ptr,
          .readable = (event.events & EPOLLIN) != 0,
          .writable = (event.events & EPOLLOUT) != 0,
          .broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0};
}

epoll_event MakeEvent(void* token, Interest interest) {
  epoll_event event = {};
  event.events = static_cast<std::uint32_t>(interest);
  event.data.ptr = token;
  return event;
}

}  // namespace

Poller::Poller(const asio::any_io_executor& executor, Handler on_ready)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      watch_(executor, ::dup(epoll_.number())),
      on_ready_(std::move(on_ready)) {}

bool Poller::Add(int descriptor, void* token, Interest interest) {
  epoll_event event = MakeEvent(token, interest);
  return ::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Poller::Change(int descriptor, void* token, Interest interest) {
  epoll_event event = MakeEvent(token, interest);
  [[maybe_unused]] const int result =
      ::epoll_ctl(epoll_.number(), EPOLL_CTL_MOD, descriptor, &event);
  assert(result == 0 && "changing what is not watched");
}

void Poller::WatchNext() {
  if (std::exchange(is_watching_, true)) return;
  watch_.async_wait(asio::posix::stream_descriptor::wait_read,
                    [this](const boost::system::error_code& error) {
                      if (error) return;  // the poller is gone
                      is_watching_ = false;
                      HandleBatch();
                    });
}

void Poller::HandleBatch() {
  const int count = ::epoll_wait(epoll_.number(), events_.data(), kBatchMax, 0);
  if (count <= 0) return;
  for (int i = 0; i < count; ++i) ready_[i] = FromEvent(events_[i]);
  on_ready_(std::span(ready_).first(static_cast<std::size_t>(count)));
}

}  // namespace chat::net
