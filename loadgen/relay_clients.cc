#include "loadgen/relay_clients.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace chat::loadgen {
namespace {

constexpr std::size_t kReceiveBytes = 64 * 1024;
constexpr std::size_t kEventsPerTurn = 512;

}  // namespace

RelayClients::RelayClients(std::size_t pairs, unsigned short port)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), clients_(2 * pairs), buffer_(kReceiveBytes) {
  if (epoll_.get() < 0) FailWithErrno("epoll_create1");
  for (std::size_t i = 0; i < clients_.size(); ++i) Connect(i, port);
}

void RelayClients::Connect(std::size_t index, unsigned short port) {
  Client& client = clients_[index];
  client.socket = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int socket = client.socket.get();
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket < 0) FailWithErrno("socket");
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&server), sizeof(server)) != 0) {
    FailWithErrno("connect");
  }
  std::string hello;
  AppendRelayMessage(hello, static_cast<RelayNumber>(index), kRelayHelloBytes);
  if (::send(socket, hello.data(), hello.size(), MSG_NOSIGNAL) < 0) FailWithErrno("send");
  epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &event);
}

void RelayClients::Start(std::size_t in_flight) {
  for (std::size_t i = 0; i < clients_.size(); i += 2) Send(clients_[i], in_flight);
}

void RelayClients::Turn(std::chrono::milliseconds wait) {
  std::array<epoll_event, kEventsPerTurn> events;
  const int ready =
      ::epoll_wait(epoll_.get(), events.data(), events.size(), static_cast<int>(wait.count()));
  if (ready < 0 && errno != EINTR) FailWithErrno("epoll_wait");
  for (int i = 0; i < ready; ++i) Read(events[i].data.u64);
}

void RelayClients::Read(std::size_t index) {
  Client& client = clients_[index];
  const ssize_t size = ::recv(client.socket.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) {
    sound_ = false;
    client.socket.Close();
    return;
  }
  const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(size));
  if (index % 2 == 1) {
    deliveries_ += Hear(client, bytes, kRelayDeliverBytes);
    return;
  }
  const std::size_t acked = Hear(client, bytes, kRelayAckBytes);
  acks_ += acked;
  if (!stopped_ && acked > 0) Send(client, acked);
}

std::size_t RelayClients::Hear(Client& client, std::string_view bytes, std::size_t message_bytes) {
  if (!client.partial.empty()) bytes = client.partial.append(bytes);
  std::size_t heard = 0;
  while (bytes.size() >= message_bytes) {
    if (ReadRelayNumber(bytes.data()) != ++client.last_heard) sound_ = false;
    bytes.remove_prefix(message_bytes);
    ++heard;
  }
  client.partial = std::string(bytes);
  return heard;
}

void RelayClients::Send(Client& client, std::size_t messages) {
  out_.clear();
  for (std::size_t i = 0; i < messages; ++i) {
    AppendRelayMessage(out_, ++client.last_sent, kRelaySendBytes);
  }
  sends_ += messages;
  const ssize_t sent =
      ::send(client.socket.get(), out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent != static_cast<ssize_t>(out_.size())) sound_ = false;
}

}  // namespace chat::loadgen
