// One connection to one Redis: opened, greeted and checked, then commands with deadlines. It ends
// at the first thing that goes wrong; whoever wants another one opens another one.
#pragma once

#include <hiredis/hiredis.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "server/redis/dialer.h"
#include "server/redis/failure.h"
#include "server/redis/lifetime.h"
#include "server/redis/redis_url.h"
#include "server/redis/stream.h"
#include "server/redis/tls.h"
#include "server/runtime/asio.h"

namespace chat::redis {

// From dialling until the last answer to the greeting, and for each command after it.
inline constexpr std::chrono::milliseconds kAnswerDeadline{2000};

// What must be at the other end.
enum class Peer {
  // Not in cluster mode, and no replica.
  kMaster,
  kSentinel,
};

struct Target {
  Peer peer = Peer::kMaster;
  Address address;
  Credentials credentials;
  std::uint32_t database = 0;
  const TlsClient* tls = nullptr;  // null without TLS; outlives the connection
};

struct ConnectionEvents {
  std::function<void()> on_ready;
  // What is said on the channels of Subscribe.
  std::function<void(std::string_view channel, std::string_view message)> on_message;
  // Once; nothing follows it.
  std::function<void(Failure failure)> on_failed;
};

// Thread: the loop's. Lifetime: not ended within one of its events or replies.
class Connection {
 public:
  // Error replies are given to it as well.
  using OnReply = std::move_only_function<void(const redisReply& reply)>;

  Connection(const asio::any_io_executor& executor, Target target, ConnectionEvents events);

  // Once; events never come within a call of the owner.
  void Open();

  // When ready, and not after Subscribe.
  void Send(std::span<const std::string_view> command, OnReply on_reply);

  // `on_subscribed` is called when all were confirmed.
  void Subscribe(std::span<const std::string_view> channels, std::function<void()> on_subscribed);

  // Ends it as failed: whoever gave a command did not like the answer.
  void Fail(Failure failure);
  void FailWith(std::string_view why);

  // No more events.
  void Close();

 private:
  using Time = std::chrono::steady_clock::time_point;

  struct Pending {
    Time deadline;
    OnReply on_reply;
  };

  void Begin(Dialer::Socket socket);
  void Greet();
  void Ask(std::initializer_list<std::string_view> command, OnReply on_reply);
  // For a command whose only good answer is OK.
  void AskForOk(std::initializer_list<std::string_view> command);
  void CheckMode(const redisReply& reply);
  void CheckRole(const redisReply& reply);
  void BecomeReady();
  void Take(const redisReply& reply);
  void TakePushed(const redisReply& reply);
  void Watch(Time until);
  void CheckDeadlines();

  Target target_;
  ConnectionEvents events_;
  Dialer dialer_;
  std::unique_ptr<Stream> stream_;
  std::deque<Pending> pending_;  // in the order of their deadlines
  asio::steady_timer timer_;
  bool is_timing_ = false;
  Time open_deadline_;
  bool is_ready_ = false;
  bool is_closed_ = false;
  std::size_t unconfirmed_channels_ = 0;
  bool is_subscribed_ = false;
  std::function<void()> on_subscribed_;
  Lifetime lifetime_;
};

// Judges what ROLE answered: empty when it is a master, else why not, as the end of a sentence.
std::string_view FindFaultOfRole(const redisReply& reply);

}  // namespace chat::redis
