// Many virtual users over real sockets, driven by one thread and one epoll set: opens them a few at
// a time, keeps their heartbeats, and counts. What the users are there for is the scenario's part.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loadgen/virtual_user.h"
#include "protocol/envelope.h"

namespace chat::loadgen {

// A descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { Close(); }

  void Close();
  int get() const { return number_; }

 private:
  int number_ = -1;
};

struct CrowdOptions {
  sockaddr_in server{};
  std::size_t connections = 0;
  Encoding encoding = Encoding::kProtobuf;
  // Taken in turn, one for each connection.
  std::vector<std::string> access_tokens;
  // Not yet live at the same time.
  std::size_t opening_max = 64;
  // One address has fewer than 28,000 ports; further ones follow on 127.0.0.1: 127.0.0.2, …
  std::size_t connections_per_address = 4500;
};

struct CrowdCounts {
  std::size_t live = 0;
  std::size_t ended = 0;
  std::uint64_t beats_sent = 0;
  std::uint64_t beats_answered = 0;
  // Of the user that got the fewest answers.
  std::uint32_t fewest_answered = 0;
};

// Thread: one. Lifetime: the run's; closes all sockets at its end.
// Limits: as many connections as the process may open files.
class Crowd {
 public:
  explicit Crowd(CrowdOptions options);
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // Waits up to `wait` for anything to do, and does it. True when the descriptor `also` can be
  // read.
  bool Turn(std::chrono::milliseconds wait, int also);

  // Every user is live or has ended.
  bool settled() const { return next_ == members_.size() && opening_ == 0; }
  CrowdCounts Count() const;

 private:
  using Instant = std::chrono::steady_clock::time_point;
  struct Member {
    explicit Member(UpgradeOffer offer) : user(std::move(offer)) {}

    VirtualUser user;
    Descriptor socket;
    std::string unsent;
    std::uint32_t watched = 0;  // the events that epoll reports
    bool opening = false;
  };
  struct DueBeat {
    Instant at;
    std::size_t member;
  };

  void OpenMore();
  void Open(std::size_t index);
  void Ready(std::size_t index, std::uint32_t events);
  void Read(std::size_t index);
  // Sends what is unsent, and watches for room while some is left.
  void Flush(std::size_t index);
  void End(std::size_t index);
  // The member is live or has ended: another may open.
  void Settle(Member& member);
  void SendBeats();
  void Watch(std::size_t index, std::uint32_t events);
  int WaitMs(std::chrono::milliseconds wait) const;

  CrowdOptions options_;
  Descriptor epoll_;
  std::vector<std::unique_ptr<Member>> members_;
  // In order of time: the interval is the same for all.
  std::deque<DueBeat> due_beats_;
  std::vector<char> receive_buffer_;
  std::size_t next_ = 0;
  std::size_t opening_ = 0;
};

}  // namespace chat::loadgen
