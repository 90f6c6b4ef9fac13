#include "server/http/server.h"

#include <iterator>
#include <utility>

namespace chat::http {
namespace {

// What a task that was cut off needs to end.
constexpr std::chrono::seconds kCancelPatience{2};

}  // namespace

Server::Server(asio::any_io_executor executor, net::FileDescriptor listening_socket,
               ServerOptions options)
    : executor_(executor),
      options_(std::move(options)),
      listener_(executor, std::move(listening_socket), MakeListenerHooks()),
      body_budget_(options_.session.body_bytes_max),
      tasks_(executor, options_.on_failure) {}

void Server::Start() { tasks_.Spawn(listener_.Run()); }

void Server::Drain() {
  listener_.Close();
  for (HttpSession& session : sessions_) session.Drain();
}

asio::awaitable<void> Server::Stop(std::chrono::milliseconds patience) {
  Drain();
  if (co_await tasks_.Wait(patience)) co_return;
  tasks_.Cancel();
  co_await tasks_.Wait(kCancelPatience);
}

ListenerHooks Server::MakeListenerHooks() {
  return {.has_room = [this] { return sessions_.size() < options_.sessions_max; },
          .on_accept = [this](net::Transport transport,
                              net::IpAddress peer) { Accept({std::move(transport), peer}); },
          .on_pause = options_.on_accept_pause};
}

void Server::Accept(Accepted accepted) {
  sessions_.emplace_back(options_.session, body_budget_, executor_, std::move(accepted));
  tasks_.Spawn(RunSession(std::prev(sessions_.end())));
}

asio::awaitable<void> Server::RunSession(std::list<HttpSession>::iterator session) {
  // Also when the session ends by an exception.
  struct Leave {
    Server* server;
    std::list<HttpSession>::iterator session;
    ~Leave() {
      server->sessions_.erase(session);
      server->listener_.MadeRoom();
    }
  };
  const Leave leave{this, session};
  co_await session->Run();
}

}  // namespace chat::http
