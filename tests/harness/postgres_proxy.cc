#include "tests/harness/postgres_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace chat::testing {
namespace {

// How soon it sees that a test wants something.
constexpr int kTurnMilliseconds = 5;

// What ends every answer: ReadyForQuery, outside of a transaction.
constexpr std::string_view kReadyForQuery{"Z\0\0\0\5I", 6};

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

OwnedDescriptor Listen() {
  OwnedDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(0);
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(listener.get(), 64) != 0) {
    throw Surprise("the proxy cannot listen");
  }
  return listener;
}

std::uint16_t PortOf(const OwnedDescriptor& listener) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

OwnedDescriptor ConnectTo(std::uint16_t port) {
  OwnedDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    socket.Close();
  }
  return socket;
}

bool SendAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// What is there; empty when the peer has ended.
std::string ReceiveSome(int descriptor) {
  std::array<char, 65536> buffer;
  const ssize_t received = ::recv(descriptor, buffer.data(), buffer.size(), 0);
  return received > 0 ? std::string(buffer.data(), static_cast<std::size_t>(received))
                      : std::string();
}

}  // namespace

struct PostgresProxy::Line {
  OwnedDescriptor client;
  OwnedDescriptor server;
  std::string recent;  // what the client sent since the last answer
  std::string answer;  // what is being lost
  bool losing = false;
  bool ended = false;
};

PostgresProxy::PostgresProxy(Endpoint to)
    : to_(std::move(to)), listener_(Listen()), port_(PortOf(listener_)) {
  thread_ = std::thread([this] { Run(); });
}

PostgresProxy::~PostgresProxy() {
  stopping_ = true;
  thread_.join();
}

void PostgresProxy::LoseAnswerTo(std::string text) {
  const std::lock_guard lock(mutex_);
  lose_answer_to_ = std::move(text);
}

void PostgresProxy::CutAll() { cut_ = true; }

void PostgresProxy::Run() {
  while (!stopping_) {
    std::vector<pollfd> waiting{{listener_.get(), POLLIN, 0}};
    for (const auto& line : lines_) {
      waiting.push_back({line->client.get(), POLLIN, 0});
      waiting.push_back({line->server.get(), POLLIN, 0});
    }
    ::poll(waiting.data(), waiting.size(), kTurnMilliseconds);
    if (cut_.exchange(false)) lines_.clear();
    if (waiting[0].revents != 0) Accept();
    for (const auto& line : lines_) Carry(*line);
    std::erase_if(lines_, [](const auto& line) { return line->ended; });
  }
}

void PostgresProxy::Accept() {
  auto line = std::make_unique<Line>();
  line->client = OwnedDescriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  line->server = ConnectTo(to_.port);
  if (line->client.is_open() && line->server.is_open()) lines_.push_back(std::move(line));
}

void PostgresProxy::Carry(Line& line) {
  std::array<pollfd, 2> ready{{{line.client.get(), POLLIN, 0}, {line.server.get(), POLLIN, 0}}};
  ::poll(ready.data(), ready.size(), 0);
  if (ready[0].revents != 0 && !CarryToServer(line)) line.ended = true;
  if (ready[1].revents != 0 && !CarryToClient(line)) line.ended = true;
}

bool PostgresProxy::CarryToServer(Line& line) {
  const std::string bytes = ReceiveSome(line.client.get());
  line.recent += bytes;
  if (!line.losing) line.losing = Matches(line);
  return !bytes.empty() && SendAll(line.server.get(), bytes);
}

bool PostgresProxy::CarryToClient(Line& line) {
  const std::string bytes = ReceiveSome(line.server.get());
  if (bytes.empty()) return false;
  if (!line.losing) {
    line.recent.clear();
    return SendAll(line.client.get(), bytes);
  }
  line.answer += bytes;
  if (!line.answer.ends_with(kReadyForQuery)) return true;
  ++lost_count_;
  return false;
}

bool PostgresProxy::Matches(const Line& line) {
  const std::lock_guard lock(mutex_);
  if (lose_answer_to_.empty() || !line.recent.contains(lose_answer_to_)) return false;
  lose_answer_to_.clear();
  return true;
}

}  // namespace chat::testing
