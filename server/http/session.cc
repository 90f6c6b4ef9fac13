#include "server/http/session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/http/client_address.h"
#include "server/http/problem.h"

namespace chat::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// How much a client may go on sending after an answer that closes.
constexpr std::size_t kLingerBytesMax = 4 * kMebibyte;

std::string JoinNames(const std::vector<Method>& methods) {
  std::string names;
  for (const Method method : methods) {
    names.append(names.empty() ? "" : ", ").append(MethodName(method));
  }
  return names;
}

}  // namespace

HttpSession::HttpSession(const SessionOptions& options, BodyBudget& budget,
                         asio::any_io_executor executor, Accepted accepted)
    : options_(options),
      budget_(budget),
      stream_(std::move(executor), std::move(accepted.transport)),
      peer_(accepted.peer) {}

asio::awaitable<void> HttpSession::Run() {
  while (co_await ServeOne() == ConnectionUse::kKeepAlive) {
  }
  if (!is_upgraded_) co_await Linger();
}

void HttpSession::Drain() {
  is_draining_ = true;
  if (is_idle_) stream_.Cancel();
}

asio::awaitable<ConnectionUse> HttpSession::ServeOne() {
  const Progress arrived = co_await ReadHead();
  head_at_ = Clock::now();
  if (!arrived) co_return co_await End(arrived.error());
  const RequestHead& head = reader_.head();
  if (options_.upgrade && head.path == options_.upgrade->path) co_return co_await Upgrade();

  std::expected<RouteMatch, RouteMiss> match = options_.router->Find(head.method, head.path);
  if (!match) co_return co_await AnswerMiss(std::move(match.error()));
  co_return co_await ReadAndServe(std::move(*match));
}

asio::awaitable<ConnectionUse> HttpSession::ReadAndServe(RouteMatch match) {
  const std::size_t body_bytes =
      reader_.body_bytes_announced().value_or(match.route->body_bytes_max);
  const std::optional<BodyBudget::Grant> grant =
      budget_.Take(std::min(body_bytes, match.route->body_bytes_max));
  if (!grant) {
    co_return co_await End({Refusal{ErrorCode::kUnavailable, "Too many bodies arrive at once.",
                                    std::chrono::seconds(1)}});
  }
  if (Progress body = co_await ReadBody(*match.route); !body) co_return co_await End(body.error());
  co_return co_await Serve(std::move(match));
}

asio::awaitable<HttpSession::Progress> HttpSession::ReadHead() {
  const Clock::time_point begin = Clock::now();
  is_idle_ = reader_.unread().empty();
  if (is_idle_) {
    if (is_draining_) co_return std::unexpected(Ending{});
    const auto patience = is_first_ ? options_.timeouts.head : options_.timeouts.idle;
    const auto received = co_await stream_.Receive(reader_.Prepare(), begin + patience);
    if (!received) co_return std::unexpected(Ending{});
    reader_.Commit(*received);
    is_idle_ = false;
  }
  is_first_ = false;
  co_return co_await ReadUntil(RequestReader::Found::kHead, Clock::now() + options_.timeouts.head);
}

asio::awaitable<HttpSession::Progress> HttpSession::ReadUntil(RequestReader::Found wanted,
                                                              net::Deadline deadline) {
  while (true) {
    std::expected<RequestReader::Found, Refusal> found = reader_.Next();
    if (!found) co_return std::unexpected(Ending{std::move(found.error())});
    if (*found == wanted) co_return Progress();
    const auto received = co_await stream_.Receive(reader_.Prepare(), deadline);
    if (!received && received.error() == net::StreamError::kTimeout) {
      co_return std::unexpected(
          Ending{Refusal{ErrorCode::kTimeout, "The request did not arrive in time.", {}}});
    }
    if (!received) co_return std::unexpected(Ending{});
    reader_.Commit(*received);
  }
}

asio::awaitable<HttpSession::Progress> HttpSession::ReadBody(const Route& route) {
  if (auto limited = reader_.LimitBody(route.body_bytes_max); !limited) {
    co_return std::unexpected(Ending{std::move(limited.error())});
  }
  if (reader_.head().expects_continue && reader_.head().has_body && reader_.unread().empty()) {
    const auto sent =
        co_await stream_.SendAll(kContinue, {}, Clock::now() + options_.timeouts.write);
    if (!sent) co_return std::unexpected(Ending{});
  }
  co_return co_await ReadUntil(RequestReader::Found::kRequest,
                               Clock::now() + options_.timeouts.body);
}

asio::awaitable<ConnectionUse> HttpSession::AnswerMiss(RouteMiss miss) {
  Response response;
  if (miss.allowed.empty()) {
    response = ProblemResponse({ErrorCode::kNotFound, "There is nothing at this path.", {}});
  } else {
    response = ProblemResponse({ErrorCode::kMethodNotAllowed, "The path has other methods.", {}});
    response.headers.push_back({"Allow", JoinNames(miss.allowed)});
  }
  Report({}, response.status);
  // A body that nobody reads would be taken for the next request.
  const ConnectionUse use = reader_.head().has_body ? ConnectionUse::kClose : WantedUse();
  co_return co_await Send(std::move(response), use);
}

asio::awaitable<ConnectionUse> HttpSession::Serve(RouteMatch match) {
  const ConnectionUse wanted = WantedUse();
  Response response = co_await match.route->handler(TakeRequest(std::move(match.captures)));
  Report(match.route->pattern, response.status);
  co_return co_await Send(std::move(response), IsLast() ? ConnectionUse::kClose : wanted);
}

asio::awaitable<ConnectionUse> HttpSession::Upgrade() {
  std::expected<UpgradePlan, Response> plan =
      PlanUpgrade(reader_.head(), options_.upgrade->allowed_origins);
  if (!plan) {
    Report(options_.upgrade->path, plan.error().status);
    co_return co_await Send(std::move(plan.error()), ConnectionUse::kClose);
  }
  if (auto admitted = Admit(); !admitted) co_return co_await End({std::move(admitted.error())});
  const net::IpAddress client_address =
      FindClientAddress(peer_, reader_.head().headers, options_.trusted_proxies);
  const Request request = TakeRequest({});
  std::expected<SessionOwner, Refusal> owner =
      co_await options_.upgrade->authenticate(FindCredentials(request));
  if (!owner) co_return co_await End({std::move(owner.error())});
  if (auto admitted = Admit(); !admitted) co_return co_await End({std::move(admitted.error())});
  Report(options_.upgrade->path, Status::kSwitchingProtocols);
  HandOver(*owner, std::move(*plan), client_address);
  co_return ConnectionUse::kClose;
}

std::expected<void, Refusal> HttpSession::Admit() const {
  if (is_draining_) {
    return std::unexpected(
        Refusal{ErrorCode::kUnavailable, "The server restarts.", std::chrono::seconds(1)});
  }
  return options_.upgrade->admit();
}

void HttpSession::HandOver(SessionOwner owner, UpgradePlan plan, net::IpAddress client_address) {
  is_upgraded_ = true;
  options_.upgrade->accept({.transport = std::move(stream_).Release(),
                            .owner = owner,
                            .encoding = plan.encoding,
                            .client_address = client_address,
                            .greeting = std::move(plan.greeting),
                            .early_bytes = std::string(reader_.unread())});
}

asio::awaitable<ConnectionUse> HttpSession::End(Ending ending) {
  if (!ending.refusal) co_return ConnectionUse::kClose;
  Response response = ProblemResponse(*ending.refusal);
  Report({}, response.status);
  co_return co_await Send(std::move(response), ConnectionUse::kClose);
}

asio::awaitable<ConnectionUse> HttpSession::Send(Response response, ConnectionUse use) {
  const std::string head = EncodeResponseHead(response, use, options_.clock->Now());
  const bool is_head_only = reader_.head().method == Method::kHead;
  reader_.Restart();
  const auto sent =
      co_await stream_.SendAll(head, is_head_only ? std::string_view() : response.content(),
                               Clock::now() + options_.timeouts.write);
  if (!sent) stream_.transport().ResetOnClose();
  co_return sent ? use : ConnectionUse::kClose;
}

// Closing with unread bytes in the socket would reset the connection and could take the answer
// along.
asio::awaitable<void> HttpSession::Linger() {
  stream_.transport().ShutdownSend();
  const net::Deadline deadline = Clock::now() + options_.timeouts.linger;
  std::array<char, 4 * kKibibyte> discarded;
  for (std::size_t total = 0; total < kLingerBytesMax;) {
    const auto received = co_await stream_.Receive(discarded, deadline);
    if (!received) co_return;
    total += *received;
  }
}

Request HttpSession::TakeRequest(std::vector<Field> captures) {
  RequestHead& head = reader_.head();
  const net::IpAddress client = FindClientAddress(peer_, head.headers, options_.trusted_proxies);
  return Request({.method = head.method,
                  .path = std::move(head.path),
                  .captures = std::move(captures),
                  .query = std::move(head.query),
                  .headers = std::move(head.headers),
                  .body = reader_.TakeBody(),
                  .client_address = client.ToString()});
}

void HttpSession::Report(std::string_view pattern, Status status) const {
  if (!options_.on_served) return;
  options_.on_served({.method = reader_.head().method,
                      .pattern = pattern,
                      .status = status,
                      .duration = Clock::now() - head_at_});
}

ConnectionUse HttpSession::WantedUse() {
  const bool goes_on = reader_.head().keep_alive && !IsLast();
  return goes_on ? ConnectionUse::kKeepAlive : ConnectionUse::kClose;
}

}  // namespace chat::http
