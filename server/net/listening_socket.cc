#include "server/net/listening_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace chat::net {
namespace {

enum class PortUse { kAlone, kShared };

std::error_code LastError() { return {errno, std::generic_category()}; }

// How much the kernel takes beyond what it may send at once. The rest waits in our outbox, where it
// can still be replaced by a gap; and a blocked socket tells of progress in steps of this size, not
// of its whole buffer.
constexpr int kNotSentBytesMax = 128 * 1024;

bool SetOption(const FileDescriptor& socket, int level, int option, int value) {
  return ::setsockopt(socket.number(), level, option, &value, sizeof(value)) == 0;
}

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;
};

SocketAddress ToSocketAddress(const Endpoint& endpoint) {
  SocketAddress result;
  const auto& bytes = endpoint.address.bytes();
  if (endpoint.address.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(result.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, bytes.data() + bytes.size() - sizeof(v4.sin_addr),
                sizeof(v4.sin_addr));
    result.size = sizeof(v4);
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(result.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
    result.size = sizeof(v6);
  }
  return result;
}

std::expected<FileDescriptor, std::error_code> Bind(const Endpoint& endpoint, PortUse use) {
  const SocketAddress address = ToSocketAddress(endpoint);
  FileDescriptor socket(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return std::unexpected(LastError());
  // A restart must not wait for connections of the process before it.
  if (!SetOption(socket, SOL_SOCKET, SO_REUSEADDR, 1)) return std::unexpected(LastError());
  if (use == PortUse::kShared && !SetOption(socket, SOL_SOCKET, SO_REUSEPORT, 1)) {
    return std::unexpected(LastError());
  }
  const auto* const bound = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::bind(socket.number(), bound, address.size) != 0) return std::unexpected(LastError());
  return socket;
}

std::expected<FileDescriptor, std::error_code> Listen(const Endpoint& endpoint, PortUse use) {
  std::expected<FileDescriptor, std::error_code> socket = Bind(endpoint, use);
  if (!socket) return socket;
  // Accepted sockets inherit both.
  if (!SetOption(*socket, IPPROTO_TCP, TCP_NODELAY, 1) ||
      !SetOption(*socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kNotSentBytesMax)) {
    return std::unexpected(LastError());
  }
  if (::listen(socket->number(), SOMAXCONN) != 0) return std::unexpected(LastError());
  return socket;
}

}  // namespace

std::expected<std::vector<FileDescriptor>, std::error_code> OpenListeningSockets(
    Endpoint endpoint, std::size_t count) {
  {
    // A port to share would also be shared with a second server that was started by mistake, and
    // clients would reach either. Alone it can only be bound when nobody listens.
    const auto probe = Bind(endpoint, PortUse::kAlone);
    if (!probe) return std::unexpected(probe.error());
  }
  const PortUse use = count > 1 ? PortUse::kShared : PortUse::kAlone;
  std::vector<FileDescriptor> sockets;
  for (std::size_t i = 0; i < count; ++i) {
    std::expected<FileDescriptor, std::error_code> socket = Listen(endpoint, use);
    if (!socket) return std::unexpected(socket.error());
    if (endpoint.port == 0) endpoint.port = PortOf(*socket);
    sockets.push_back(std::move(*socket));
  }
  return sockets;
}

std::uint16_t PortOf(const FileDescriptor& socket) {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(storage);
  if (::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  const in_port_t port = storage.ss_family == AF_INET6
                             ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                             : reinterpret_cast<const sockaddr_in&>(storage).sin_port;
  return ntohs(port);
}

}  // namespace chat::net
