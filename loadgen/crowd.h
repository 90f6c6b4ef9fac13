// Many virtual users over real sockets, driven by one thread and one epoll set: opens them a few at
// a time, keeps their heartbeats, and counts. What the users are there for is the scenario's part.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "loadgen/descriptor.h"
#include "loadgen/virtual_user.h"
#include "protocol/chat.pb.h"
#include "protocol/envelope.h"

namespace chat::loadgen {

// Hears the frames that come to live members, answers to heartbeats excepted.
class CrowdListener {
 public:
  virtual void Heard(std::size_t member, const v1::ServerFrame& frame) = 0;

 protected:
  ~CrowdListener() = default;
};

struct CrowdOptions {
  // Taken in turn, one for each connection.
  std::vector<sockaddr_in> servers;
  std::size_t connections = 0;
  Encoding encoding = Encoding::kProtobuf;
  // Taken in turn as well.
  std::vector<std::string> access_tokens;
  // Not yet live at the same time.
  std::size_t opening_max = 64;
  // One address has fewer than 28,000 ports; further ones follow on 127.0.0.1: 127.0.0.2, …
  std::size_t connections_per_address = 4500;
  // May be null; lives longer than the crowd.
  CrowdListener* listener = nullptr;
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

  // Waits up to `wait` for anything to do, and does it. True when the descriptor `also`, if it is
  // one, can be read.
  bool Turn(std::chrono::nanoseconds wait, int also = -1);

  // Makes a member send a frame: at once, or, for one whose listener is just hearing what arrived,
  // together with all else that it says to that. Nothing for one who is not live.
  void Say(std::size_t member, const v1::ClientFrame& frame);

  // Every user is live or has ended.
  bool settled() const { return next_ == members_.size() && opening_ == 0; }
  CrowdCounts Count() const;
  // Why the first one that ended did; empty while none has.
  const std::string& first_end() const { return first_end_; }

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
  void Hear(std::size_t index, std::span<char> bytes);
  // Sends what is unsent, and watches for room while some is left.
  void Flush(std::size_t index);
  void End(std::size_t index, const std::string& why);
  // The member is live or has ended: another may open.
  void Settle(Member& member);
  void SendBeats();
  void Watch(std::size_t index, std::uint32_t events);
  std::chrono::nanoseconds UntilBeat(std::chrono::nanoseconds wait) const;
  const sockaddr_in& ServerOf(std::size_t index) const;

  CrowdOptions options_;
  Descriptor epoll_;
  std::vector<std::unique_ptr<Member>> members_;
  // In order of time: the interval is the same for all.
  std::deque<DueBeat> due_beats_;
  std::vector<char> receive_buffer_;
  std::string first_end_;
  std::size_t next_ = 0;
  std::size_t opening_ = 0;
  // The member whose bytes are just read; none most of the time.
  std::optional<std::size_t> reading_;
};

}  // namespace chat::loadgen
