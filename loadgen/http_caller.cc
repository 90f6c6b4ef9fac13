#include "loadgen/http_caller.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "loadgen/descriptor.h"
#include "loadgen/server_address.h"

namespace chat::loadgen {
namespace {

constexpr int kBusyStatus = 503;

// Connected, and with calls that give up after `wait`.
std::optional<Descriptor> ConnectTo(const sockaddr_in& server, std::chrono::seconds wait) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) FailWithErrno("socket");
  const timeval timeout{.tv_sec = wait.count(), .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  const auto* address = reinterpret_cast<const sockaddr*>(&server);
  if (::connect(socket.get(), address, sizeof(server)) != 0) return std::nullopt;
  return socket;
}

// False when it does not take all of it.
bool SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Everything up to the end, or up to when nothing comes any more.
std::string ReceiveAll(int socket) {
  std::string bytes;
  std::array<char, 4096> chunk;
  while (true) {
    const ssize_t size = ::recv(socket, chunk.data(), chunk.size(), 0);
    if (size <= 0) return bytes;
    bytes.append(chunk.data(), static_cast<std::size_t>(size));
  }
}

std::chrono::seconds RetryAfter(const HttpAnswer& answer) {
  const std::string_view text = answer.header("Retry-After");
  unsigned seconds = 1;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(std::max(seconds, 1u));
}

}  // namespace

std::expected<HttpAnswer, std::string> HttpCaller::Ask(const HttpRequest& request) const {
  const std::string what = request.method + ' ' + request.target + ' ';
  const std::string host = HostOf(server_);
  const auto socket = ConnectTo(server_, kAnswerMax);
  if (!socket) return std::unexpected(what + "cannot reach " + host);
  if (!SendAll(socket->get(), EncodeHttpRequest(request, host))) {
    return std::unexpected(what + "was not taken by " + host);
  }
  auto answer = ParseHttpAnswer(ReceiveAll(socket->get()));
  if (!answer) return std::unexpected(what + "got no whole answer from " + host);
  return *std::move(answer);
}

std::expected<HttpAnswer, std::string> HttpCaller::Do(const HttpRequest& request) const {
  const auto give_up = std::chrono::steady_clock::now() + kBusyMax;
  while (true) {
    auto answer = Ask(request);
    if (!answer || answer->status != kBusyStatus) return answer;
    const auto wait = RetryAfter(*answer);
    if (std::chrono::steady_clock::now() + wait > give_up) {
      return std::unexpected(request.method + ' ' + request.target + " found the server busy");
    }
    // Nothing announces that it is less busy: the time it named is all there is to wait for.
    ::poll(nullptr, 0, static_cast<int>(std::chrono::milliseconds(wait).count()));
  }
}

}  // namespace chat::loadgen
