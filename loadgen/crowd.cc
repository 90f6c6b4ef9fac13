#include "loadgen/crowd.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <span>
#include <utility>

#include "loadgen/server_address.h"

namespace chat::loadgen {
namespace {

constexpr std::size_t kReceiveBytes = 64 * 1024;
constexpr std::size_t kEventsPerTurn = 512;
// What the descriptor that is watched besides the members is known by.
constexpr std::uint64_t kAlso = ~std::uint64_t{0};

// Hands on what one member hears, with who it is.
class MemberListener final : public FrameListener {
 public:
  MemberListener(CrowdListener& listener, std::size_t member)
      : listener_(listener), member_(member) {}

  void Heard(const v1::ServerFrame& frame) override { listener_.Heard(member_, frame); }

 private:
  CrowdListener& listener_;
  std::size_t member_;
};

std::string WhatErrnoSays(const char* call) {
  return std::string(call) + ": " + std::strerror(errno);
}

std::string WhyEnded(const VirtualUser& user) {
  const int status = user.refused_status();
  return status != 0 ? "the upgrade was answered with " + std::to_string(status)
                     : "the server closed, or broke the protocol";
}

timespec ToTimespec(std::chrono::nanoseconds wait) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait);
  return {.tv_sec = seconds.count(), .tv_nsec = (wait - seconds).count()};
}

// Binds to the address alone; the port is chosen when the peer is known, so that each address has
// all of them.
void BindToAddress(int socket, std::uint32_t address) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(address);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&source), sizeof(source)) != 0)
    FailWithErrno("bind");
}

}  // namespace

Crowd::Crowd(CrowdOptions options)
    : options_(std::move(options)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      receive_buffer_(kReceiveBytes) {
  if (epoll_.get() < 0) FailWithErrno("epoll_create1");
  members_.reserve(options_.connections);
  for (std::size_t i = 0; i < options_.connections; ++i) {
    members_.push_back(std::make_unique<Member>(
        UpgradeOffer{.host = HostOf(ServerOf(i)),
                     .encoding = options_.encoding,
                     .ticket = "",
                     .access_token = options_.access_tokens[i % options_.access_tokens.size()],
                     .nonce = i}));
  }
}

const sockaddr_in& Crowd::ServerOf(std::size_t index) const {
  return options_.servers[index % options_.servers.size()];
}

bool Crowd::Turn(std::chrono::nanoseconds wait, int also) {
  OpenMore();
  SendBeats();
  epoll_event watched{.events = EPOLLIN, .data = {.u64 = kAlso}};
  if (also >= 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, also, &watched);
  std::array<epoll_event, kEventsPerTurn> events;
  const timespec timeout = ToTimespec(UntilBeat(wait));
  const int ready = ::epoll_pwait2(epoll_.get(), events.data(), events.size(), &timeout, nullptr);
  if (ready < 0 && errno != EINTR) FailWithErrno("epoll_pwait2");
  if (also >= 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, also, nullptr);
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

std::chrono::nanoseconds Crowd::UntilBeat(std::chrono::nanoseconds wait) const {
  constexpr std::chrono::nanoseconds kNow{0};
  if (due_beats_.empty()) return std::max(wait, kNow);
  const auto until_beat = due_beats_.front().at - std::chrono::steady_clock::now();
  return std::max(std::min<std::chrono::nanoseconds>(until_beat, wait), kNow);
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
  if (socket < 0) FailWithErrno("socket");
  BindToAddress(socket, INADDR_LOOPBACK +
                            static_cast<std::uint32_t>(index / options_.connections_per_address));
  const sockaddr_in& server = ServerOf(index);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&server), sizeof(server)) != 0 &&
      errno != EINPROGRESS) {
    return End(index, WhatErrnoSays("connect"));
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
  if (size < 0) return End(index, WhatErrnoSays("recv"));
  if (size == 0) return End(index, "the server closed without a word");
  Hear(index, std::span(receive_buffer_).first(static_cast<std::size_t>(size)));
  if (member.user.state() == UserState::kEnded) return End(index, WhyEnded(member.user));
  if (member.opening && member.user.state() == UserState::kLive) {
    Settle(member);
    due_beats_.push_back(
        {std::chrono::steady_clock::now() + member.user.heartbeat_interval(), index});
  }
  if (!member.unsent.empty()) Flush(index);
}

void Crowd::Hear(std::size_t index, std::span<char> bytes) {
  Member& member = *members_[index];
  if (options_.listener == nullptr) return member.user.Receive(bytes, member.unsent);
  MemberListener listener(*options_.listener, index);
  reading_ = index;
  member.user.Receive(bytes, member.unsent, &listener);
  reading_.reset();
}

void Crowd::Say(std::size_t index, const v1::ClientFrame& frame) {
  Member& member = *members_[index];
  if (member.user.state() != UserState::kLive) return;
  member.user.Say(frame, member.unsent);
  if (reading_ != index) Flush(index);
}

void Crowd::Flush(std::size_t index) {
  Member& member = *members_[index];
  const ssize_t sent = ::send(member.socket.get(), member.unsent.data(), member.unsent.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return End(index, WhatErrnoSays("send"));
  if (sent > 0) member.unsent.erase(0, static_cast<std::size_t>(sent));
  // Nothing of it is kept while the user is idle.
  if (member.unsent.empty()) member.unsent.shrink_to_fit();
  Watch(index, member.unsent.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT);
}

void Crowd::End(std::size_t index, const std::string& why) {
  if (first_end_.empty()) first_end_ = why;
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
