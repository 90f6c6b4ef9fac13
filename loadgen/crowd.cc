#include "loadgen/crowd.h"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

namespace chat::loadgen {
namespace {

constexpr std::size_t kReceiveBytes = 64 * 1024;
constexpr std::size_t kEventsPerTurn = 512;
// What the descriptor that is watched besides the members is known by.
constexpr std::uint64_t kAlso = ~std::uint64_t{0};

[[noreturn]] void Fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::string HostOf(const sockaddr_in& server) {
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &server.sin_addr, text.data(), text.size());
  return std::string(text.data()) + ':' + std::to_string(ntohs(server.sin_port));
}

// Binds to the address alone; the port is chosen when the peer is known, so that each address has
// all of them.
void BindToAddress(int socket, std::uint32_t address) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(address);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&source), sizeof(source)) != 0) Fail("bind");
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    Close();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void Descriptor::Close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Crowd::Crowd(CrowdOptions options)
    : options_(std::move(options)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      receive_buffer_(kReceiveBytes) {
  if (epoll_.get() < 0) Fail("epoll_create1");
  const std::string host = HostOf(options_.server);
  members_.reserve(options_.connections);
  for (std::size_t i = 0; i < options_.connections; ++i) {
    members_.push_back(std::make_unique<Member>(
        UpgradeOffer{.host = host,
                     .encoding = options_.encoding,
                     .ticket = "",
                     .access_token = options_.access_tokens[i % options_.access_tokens.size()],
                     .nonce = i}));
  }
}

bool Crowd::Turn(std::chrono::milliseconds wait, int also) {
  OpenMore();
  SendBeats();
  epoll_event watched{.events = EPOLLIN, .data = {.u64 = kAlso}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, also, &watched);
  std::array<epoll_event, kEventsPerTurn> events;
  const int ready = ::epoll_wait(epoll_.get(), events.data(), events.size(), WaitMs(wait));
  if (ready < 0 && errno != EINTR) Fail("epoll_wait");
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, also, nullptr);
  bool heard = false;
  for (int i = 0; i < ready; ++i) {
    const std::uint64_t index = events[i].data.u64;
    if (index == kAlso) {
      heard = true;
    } else {
      Ready(index, events[i].events);
    }
  }
  return heard;
}

int Crowd::WaitMs(std::chrono::milliseconds wait) const {
  if (due_beats_.empty()) return static_cast<int>(wait.count());
  const auto until_beat = std::chrono::ceil<std::chrono::milliseconds>(
      due_beats_.front().at - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp(until_beat, std::chrono::milliseconds(0), wait).count());
}

void Crowd::OpenMore() {
  while (next_ < members_.size() && opening_ < options_.opening_max) {
    Open(next_++);
  }
}

void Crowd::Open(std::size_t index) {
  Member& member = *members_[index];
  member.opening = true;
  ++opening_;
  member.socket = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int socket = member.socket.get();
  if (socket < 0) Fail("socket");
  BindToAddress(socket, INADDR_LOOPBACK +
                            static_cast<std::uint32_t>(index / options_.connections_per_address));
  const auto* server = reinterpret_cast<const sockaddr*>(&options_.server);
  if (::connect(socket, server, sizeof(options_.server)) != 0 && errno != EINPROGRESS) {
    return End(index);
  }
  member.unsent = member.user.Start();
  Watch(index, EPOLLIN | EPOLLOUT);
}

void Crowd::Ready(std::size_t index, std::uint32_t events) {
  if (members_[index]->user.state() == UserState::kEnded) return;
  if ((events & EPOLLOUT) != 0) Flush(index);
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0) Read(index);
}

void Crowd::Read(std::size_t index) {
  Member& member = *members_[index];
  const ssize_t size =
      ::recv(member.socket.get(), receive_buffer_.data(), receive_buffer_.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return End(index);
  member.user.Receive(std::span(receive_buffer_).first(static_cast<std::size_t>(size)),
                      member.unsent);
  if (member.user.state() == UserState::kEnded) return End(index);
  if (member.opening && member.user.state() == UserState::kLive) {
    Settle(member);
    due_beats_.push_back(
        {std::chrono::steady_clock::now() + member.user.heartbeat_interval(), index});
  }
  if (!member.unsent.empty()) Flush(index);
}

void Crowd::Flush(std::size_t index) {
  Member& member = *members_[index];
  const ssize_t sent = ::send(member.socket.get(), member.unsent.data(), member.unsent.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return End(index);
  if (sent > 0) member.unsent.erase(0, static_cast<std::size_t>(sent));
  // Nothing of it is kept while the user is idle.
  if (member.unsent.empty()) member.unsent.shrink_to_fit();
  Watch(index, member.unsent.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT);
}

void Crowd::End(std::size_t index) {
  Member& member = *members_[index];
  Settle(member);
  member.user.Lost();
  member.socket.Close();
}

void Crowd::Settle(Member& member) {
  if (std::exchange(member.opening, false)) --opening_;
}

void Crowd::SendBeats() {
  const Instant now = std::chrono::steady_clock::now();
  while (!due_beats_.empty() && due_beats_.front().at <= now) {
    const DueBeat due = due_beats_.front();
    due_beats_.pop_front();
    Member& member = *members_[due.member];
    if (member.user.state() != UserState::kLive) continue;
    member.user.Beat(member.unsent);
    Flush(due.member);
    due_beats_.push_back({now + member.user.heartbeat_interval(), due.member});
  }
}

void Crowd::Watch(std::size_t index, std::uint32_t events) {
  Member& member = *members_[index];
  const std::uint32_t watched = std::exchange(member.watched, events);
  if (watched == events) return;
  epoll_event event{.events = events, .data = {.u64 = index}};
  ::epoll_ctl(epoll_.get(), watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, member.socket.get(),
              &event);
}

CrowdCounts Crowd::Count() const {
  CrowdCounts counts;
  counts.fewest_answered = ~std::uint32_t{0};
  for (const auto& member : members_) {
    const VirtualUser& user = member->user;
    if (user.state() == UserState::kLive) ++counts.live;
    if (user.state() == UserState::kEnded) ++counts.ended;
    counts.beats_sent += user.beats_sent();
    counts.beats_answered += user.beats_answered();
    counts.fewest_answered = std::min(counts.fewest_answered, user.beats_answered());
  }
  return counts;
}

}  // namespace chat::loadgen
