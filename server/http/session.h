// One HTTP connection: request after request until either side has enough, or it becomes a
// WebSocket. A coroutine with a deadline at each wait. What the requests mean is the router's
// handlers' affair.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/errors.h"
#include "protocol/limits.h"
#include "server/http/body_budget.h"
#include "server/http/request_reader.h"
#include "server/http/response_writer.h"
#include "server/http/router.h"
#include "server/http/upgrade.h"
#include "server/net/async_transport.h"
#include "server/net/ip_address.h"
#include "server/ports/clock.h"

namespace chat::http {

struct HttpTimeouts {
  std::chrono::milliseconds head =
      kHttpHeaderTimeout;  // from the first byte; for the first request from the accept
  std::chrono::milliseconds body = kHttpBodyTimeout;
  std::chrono::milliseconds write = kWriteTimeout;
  std::chrono::milliseconds idle = std::chrono::seconds(30);   // between requests
  std::chrono::milliseconds linger = std::chrono::seconds(2);  // for the other side to close too
};

// One answered request, for metrics. The target is not here: it may hold a ticket.
struct ServedRequest {
  Method method = Method::kOther;
  std::string_view pattern;  // of the route; empty when there was none
  Status status = Status::kOk;
  std::chrono::steady_clock::duration
      duration{};  // from the end of the head to the end of the handler
};

// What the sessions of a server share.
struct SessionOptions {
  const Router* router = nullptr;
  const Clock* clock = nullptr;
  std::optional<UpgradeOptions> upgrade = std::nullopt;
  ConnectionUse use_max = ConnectionUse::kKeepAlive;  // kClose: each answer is a connection's last
  std::vector<net::IpPrefix> trusted_proxies = {};
  std::size_t body_bytes_max = 64 * kMebibyte;  // of all sessions together
  HttpTimeouts timeouts = {};
  std::function<void(const ServedRequest&)> on_served = {};
};

// A connection as it was accepted.
struct Accepted {
  net::Transport transport;
  net::IpAddress peer;
};

// Thread: the shard's. Lifetime: longer than its Run; `options` and `budget` outlive it.
class HttpSession {
 public:
  HttpSession(const SessionOptions& options, BodyBudget& budget, asio::any_io_executor executor,
              Accepted accepted);

  // Serves the connection to its end.
  asio::awaitable<void> Run();

  // Ends the connection: at once between two requests, else after the answer to the current one.
  void Drain();

 private:
  using Clock = std::chrono::steady_clock;

  // Why a request could not be served: with a refusal to answer, or, without, the client is gone.
  struct Ending {
    std::optional<Refusal> refusal;
  };
  using Progress = std::expected<void, Ending>;

  asio::awaitable<ConnectionUse> ServeOne();
  asio::awaitable<Progress> ReadHead();
  asio::awaitable<Progress> ReadUntil(RequestReader::Found wanted, net::Deadline deadline);
  asio::awaitable<Progress> ReadBody(const Route& route);
  asio::awaitable<ConnectionUse> AnswerMiss(RouteMiss miss);
  asio::awaitable<ConnectionUse> ReadAndServe(RouteMatch match);
  asio::awaitable<ConnectionUse> Serve(RouteMatch match);
  asio::awaitable<ConnectionUse> Upgrade();
  asio::awaitable<ConnectionUse> End(Ending ending);
  asio::awaitable<ConnectionUse> Send(Response response, ConnectionUse use);
  asio::awaitable<void> Linger();

  Request TakeRequest(std::vector<Field> captures);
  std::expected<void, Refusal> Admit() const;
  void HandOver(SessionOwner owner, UpgradePlan plan, net::IpAddress client_address);
  void Report(std::string_view pattern, Status status) const;
  ConnectionUse WantedUse();
  bool IsLast() const { return is_draining_ || options_.use_max == ConnectionUse::kClose; }

  const SessionOptions& options_;
  BodyBudget& budget_;
  net::AsyncTransport stream_;
  net::IpAddress peer_;
  RequestReader reader_;
  Clock::time_point head_at_{};  // when the current request's head was complete or refused
  bool is_first_ = true;
  bool is_idle_ = true;  // between two requests
  bool is_draining_ = false;
  bool is_upgraded_ = false;
};

}  // namespace chat::http
