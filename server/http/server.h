// The HTTP side of one shard: a listener and the sessions of what it accepted, bounded in number.
// The public port and the admin port are two of these with different routers.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <string_view>

#include "server/http/body_budget.h"
#include "server/http/listener.h"
#include "server/http/session.h"
#include "server/net/file_descriptor.h"
#include "server/runtime/asio.h"
#include "server/runtime/task_group.h"

namespace chat::http {

struct ServerOptions {
  SessionOptions session;
  std::size_t sessions_max = 4096;  // more wait in the kernel's queue
  std::function<void(std::string_view why)> on_accept_pause = [](std::string_view) {};
  std::function<void(std::string_view what)> on_failure = [](std::string_view) {};  // a bug of ours
};

// Thread: the shard's. Lifetime: Stop before its end; outlived by what the options point to.
class Server {
 public:
  Server(asio::any_io_executor executor, net::FileDescriptor listening_socket,
         ServerOptions options);

  void Start();

  // From now on each answer is its connection's last one: clients connect anew, elsewhere if a load
  // balancer says so.
  void CloseAfterAnswers() { options_.session.use_max = ConnectionUse::kClose; }

  // Accepts nothing more and ends each session after the answer that it is at.
  void Drain();

  // Drains, and cuts off what takes longer than `patience`.
  asio::awaitable<void> Stop(std::chrono::milliseconds patience);

  std::size_t session_count() const { return sessions_.size(); }

 private:
  ListenerHooks MakeListenerHooks();
  void Accept(Accepted accepted);
  asio::awaitable<void> RunSession(std::list<HttpSession>::iterator session);

  asio::any_io_executor executor_;
  ServerOptions options_;
  Listener listener_;
  BodyBudget body_budget_;
  std::list<HttpSession> sessions_;
  runtime::TaskGroup tasks_;
};

}  // namespace chat::http
