#include "server/http/test_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <system_error>
#include <utility>

#include "server/net/ip_address.h"
#include "server/net/listening_socket.h"

namespace chat::http {
namespace {

constexpr int kDeadlineMs = 30'000;

SessionOptions Complete(SessionOptions options, const Router& router, const Clock& clock) {
  options.router = &router;
  options.clock = &clock;
  return options;
}

}  // namespace

TestServer::TestServer(Router router, ServerOptions options) : router_(std::move(router)) {
  auto sockets = net::OpenListeningSockets({.address = *net::IpAddress::Parse("127.0.0.1")}, 1);
  if (!sockets) throw std::system_error(sockets.error());
  port_ = net::PortOf(sockets->front());
  options.session = Complete(std::move(options.session), router_, clock_);
  server_ = std::make_unique<Server>(shard_.io_context().get_executor(),
                                     std::move(sockets->front()), std::move(options));
  server_->Start();
  shard_.Start();
}

TestServer::~TestServer() {
  Await([this] { return server_->Stop(std::chrono::seconds(0)); });
  shard_.Stop();
  shard_.Join();
}

void TestServer::OnShard(std::function<void()> work) {
  std::promise<void> done;
  shard_.Post([&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

void TestServer::Await(std::function<asio::awaitable<void>()> task) {
  asio::co_spawn(shard_.io_context(), task(), asio::use_future).get();
}

RawClient::RawClient() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {}

RawClient::RawClient(std::uint16_t port) : RawClient() { EXPECT_TRUE(Connect(port)); }

bool RawClient::Connect(std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(socket_.number(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

void RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server closed: what it said is read afterwards
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string RawClient::ReadUntil(std::string_view text) {
  std::string bytes;
  while (!bytes.contains(text)) {
    if (!ReadSome(bytes)) break;
  }
  return bytes;
}

std::string RawClient::ReadToEnd() {
  std::string bytes;
  while (ReadSome(bytes)) {
  }
  return bytes;
}

bool RawClient::WaitForReset() {
  pollfd waiting = {.fd = socket_.number(), .events = 0, .revents = 0};
  return ::poll(&waiting, 1, kDeadlineMs) > 0 && (waiting.revents & POLLERR) != 0;
}

void RawClient::ResetOnClose() {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

void RawClient::ShutdownSend() { ::shutdown(socket_.number(), SHUT_WR); }

bool RawClient::ReadSome(std::string& into) {
  pollfd waiting = {.fd = socket_.number(), .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, kDeadlineMs) <= 0) {
    ADD_FAILURE() << "nothing came; so far: " << into;
    return false;
  }
  char piece[4096];
  const ssize_t received = ::recv(socket_.number(), piece, sizeof(piece), 0);
  if (received <= 0) return false;
  into.append(piece, static_cast<std::size_t>(received));
  return true;
}

std::string StatusesIn(std::string_view bytes) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  std::string statuses;
  for (std::size_t at = bytes.find(kStart); at != std::string_view::npos;
       at = bytes.find(kStart, at + 1)) {
    statuses.append(statuses.empty() ? "" : " ").append(bytes.substr(at + kStart.size(), 3));
  }
  return statuses;
}

}  // namespace chat::http
