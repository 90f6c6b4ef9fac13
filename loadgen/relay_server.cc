#include "loadgen/relay_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/relay_frames.h"

namespace chat::loadgen {
namespace {

constexpr std::size_t kReceiveBytes = 64 * 1024;
constexpr std::size_t kEventsPerTurn = 512;

class RelayServer {
 public:
  RelayServer(const RelayListener& listener, std::size_t clients)
      : epoll_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(kReceiveBytes) {
    if (epoll_.get() < 0) FailWithErrno("epoll_create1");
    clients_.resize(clients);
    for (std::size_t i = 0; i < clients; ++i) Accept(listener);
    open_ = clients;
  }

  void Run() {
    while (open_ > 0) {
      std::array<epoll_event, kEventsPerTurn> events;
      const int ready = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
      if (ready < 0 && errno != EINTR) FailWithErrno("epoll_wait");
      for (int i = 0; i < ready; ++i) Read(events[i].data.u64);
    }
  }

 private:
  struct Client {
    Descriptor socket;
    // The beginning of a message whose rest has not arrived.
    std::string partial;
  };

  void Accept(const RelayListener& listener) {
    Descriptor socket(::accept4(listener.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.get() < 0) FailWithErrno("accept4");
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    std::array<char, kRelayHelloBytes> hello;
    if (::recv(socket.get(), hello.data(), hello.size(), MSG_WAITALL) !=
        static_cast<ssize_t>(hello.size())) {
      FailWithErrno("recv");
    }
    const std::uint64_t index = ReadRelayNumber(hello.data());
    epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.get(), &event);
    clients_.at(index).socket = std::move(socket);
  }

  void Read(std::size_t index) {
    Client& client = clients_[index];
    const ssize_t size = ::recv(client.socket.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
      client.socket.Close();
      --open_;
      return;
    }
    std::string_view bytes(buffer_.data(), static_cast<std::size_t>(size));
    if (!client.partial.empty()) bytes = client.partial.append(bytes);
    const std::size_t whole = bytes.size() - bytes.size() % kRelaySendBytes;
    Relay(index, bytes.substr(0, whole));
    client.partial = std::string(bytes.substr(whole));
  }

  // All that one `recv` brought leaves in one `send` to each side, as in the real server.
  void Relay(std::size_t index, std::string_view messages) {
    deliveries_.clear();
    acks_.clear();
    for (std::size_t at = 0; at < messages.size(); at += kRelaySendBytes) {
      const RelayNumber number = ReadRelayNumber(messages.data() + at);
      AppendRelayMessage(deliveries_, number, kRelayDeliverBytes);
      AppendRelayMessage(acks_, number, kRelayAckBytes);
    }
    if (deliveries_.empty()) return;
    Send(index ^ 1, deliveries_);
    Send(index, acks_);
  }

  void Send(std::size_t index, std::string_view bytes) {
    const ssize_t sent = ::send(clients_[index].socket.get(), bytes.data(), bytes.size(),
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET || errno == EBADF)) return;
    if (sent < 0) FailWithErrno("send");
    if (static_cast<std::size_t>(sent) != bytes.size()) {
      throw std::runtime_error("a client of the relay takes no more");
    }
  }

  Descriptor epoll_;
  std::vector<Client> clients_;
  std::vector<char> buffer_;
  std::string deliveries_;
  std::string acks_;
  std::size_t open_ = 0;
};

}  // namespace

RelayListener ListenForRelay(std::size_t clients) {
  RelayListener listener{.socket = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (listener.socket.get() < 0) FailWithErrno("socket");
  if (::bind(listener.socket.get(), raw, size) != 0) FailWithErrno("bind");
  if (::listen(listener.socket.get(), static_cast<int>(clients)) != 0) FailWithErrno("listen");
  if (::getsockname(listener.socket.get(), raw, &size) != 0) FailWithErrno("getsockname");
  listener.port = ntohs(address.sin_port);
  return listener;
}

void RunRelayServer(const RelayListener& listener, std::size_t clients) {
  RelayServer(listener, clients).Run();
}

}  // namespace chat::loadgen
