#include "server/net/transport.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <utility>

namespace chat::net {
namespace {

TransportError FromErrno(int error) {
  return error == EAGAIN || error == EWOULDBLOCK ? TransportError::kWouldBlock
                                                 : TransportError::kFailed;
}

}  // namespace

Transport::Transport(FileDescriptor socket) : socket_(std::move(socket)) {}

std::expected<std::size_t, TransportError> Transport::Receive(std::span<char> buffer) {
  assert(!buffer.empty());
  ssize_t received = 0;
  do {
    received = ::recv(socket_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return std::unexpected(FromErrno(errno));
  if (received == 0) return std::unexpected(TransportError::kClosed);
  return static_cast<std::size_t>(received);
}

std::expected<std::size_t, TransportError> Transport::Send(
    std::span<const std::string_view> parts) {
  assert(parts.size() <= kSendPartsMax);
  std::array<iovec, kSendPartsMax> vectors;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    vectors[i] = {.iov_base = const_cast<char*>(parts[i].data()), .iov_len = parts[i].size()};
  }
  msghdr message = {};
  message.msg_iov = vectors.data();
  message.msg_iovlen = parts.size();
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket_.number(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return std::unexpected(FromErrno(errno));
  return static_cast<std::size_t>(sent);
}

void Transport::MakeRoom() {
  // The system caps what is asked for; a buffer that has grown larger by itself stays as it is.
  constexpr int kRoomBytes = 256 * 1024;
  constexpr int kNoLimit = -1;
  ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kNoLimit, sizeof(kNoLimit));
  int buffer_bytes = 0;
  socklen_t size = sizeof(buffer_bytes);
  ::getsockopt(socket_.number(), SOL_SOCKET, SO_SNDBUF, &buffer_bytes, &size);
  if (buffer_bytes >= kRoomBytes) return;
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_SNDBUF, &kRoomBytes, sizeof(kRoomBytes));
}

void Transport::ShutdownSend() { ::shutdown(socket_.number(), SHUT_WR); }

void Transport::ResetOnClose() {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

}  // namespace chat::net
