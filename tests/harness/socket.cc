#include "tests/harness/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace chat::testing {
namespace {

constexpr std::size_t kReceiveBytes = 256 * 1024;

[[noreturn]] void Fail(std::string what) {
  throw Surprise(std::move(what) + ": " + std::strerror(errno));
}

sockaddr_in AddressOf(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  ::inet_pton(AF_INET, endpoint.host.c_str(), &address.sin_addr);
  return address;
}

void SetOption(int socket, int level, int option, int value) {
  ::setsockopt(socket, level, option, &value, sizeof(value));
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

OwnedDescriptor::OwnedDescriptor(OwnedDescriptor&& other) noexcept
    : number_(std::exchange(other.number_, -1)) {}

OwnedDescriptor& OwnedDescriptor::operator=(OwnedDescriptor&& other) noexcept {
  if (this != &other) {
    Close();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void OwnedDescriptor::Close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

bool WaitFor(int descriptor, short events, const Deadline& deadline) {
  pollfd waiting{.fd = descriptor, .events = events, .revents = 0};
  while (true) {
    const int ready = ::poll(&waiting, 1, deadline.poll_timeout_ms());
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) Fail("poll");
  }
}

Socket Socket::Connect(const Endpoint& to, const SocketOptions& options) {
  OwnedDescriptor descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!descriptor.is_open()) Fail("socket");
  if (options.receive_buffer_bytes != 0) {
    SetOption(descriptor.get(), SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes);
  }
  SetOption(descriptor.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (options.source_port != 0) {
    const sockaddr_in source = AddressOf({.port = options.source_port});
    SetOption(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (::bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&source), sizeof(source)) != 0) {
      throw PortTaken("port " + std::to_string(options.source_port) + " is taken");
    }
  }
  const sockaddr_in address = AddressOf(to);
  if (::connect(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) !=
      0) {
    Fail("connect to " + to.ToString());
  }
  return Socket(std::move(descriptor));
}

void Socket::Send(std::string_view bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    const ssize_t sent =
        ::send(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (sent >= 0) continue;
    if (!WouldBlock()) return;
    if (!WaitFor(descriptor_.get(), POLLOUT, deadline)) {
      throw Surprise("the server takes no more bytes");
    }
  }
}

ReceiveOutcome Socket::Receive(std::string& into, const Deadline& deadline) {
  std::array<char, kReceiveBytes> chunk;
  while (WaitFor(descriptor_.get(), POLLIN, deadline)) {
    const ssize_t size = ::recv(descriptor_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (size > 0) {
      into.append(chunk.data(), static_cast<std::size_t>(size));
      return ReceiveOutcome::kBytes;
    }
    if (size == 0 || !WouldBlock()) return ReceiveOutcome::kEnd;
  }
  return ReceiveOutcome::kNothing;
}

void Socket::Reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  descriptor_.Close();
}

}  // namespace chat::testing
