// One time together with one Redis: a connection that publishes and one that is subscribed, and the
// checks that what is said through the one is heard through the other. It ends at the first thing
// that goes wrong.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "server/redis/canary_measures.h"
#include "server/redis/connection.h"
#include "server/redis/failure.h"
#include "server/redis/lifetime.h"
#include "server/runtime/asio.h"

namespace chat::redis {

// How often it says something to itself and asks for the role.
inline constexpr std::chrono::milliseconds kCheckInterval{1000};
// How long it may not hear itself.
inline constexpr std::chrono::milliseconds kUnheardMax{3000};

struct SessionOptions {
  Target target;
  std::string channel;
  // A channel of this session alone, on which it hears itself; another one than `channel`, so that
  // the other nodes are not bothered.
  std::string canary_channel;
  CanaryMeasures* canary;  // outlives the session
};

struct SessionEvents {
  // It was heard that both connections serve.
  std::function<void()> on_joined;
  // From the subscription on, so also before on_joined.
  std::function<void(std::string_view message)> on_heard;
  // Once; nothing follows it.
  std::function<void(Failure failure)> on_failed;
};

// What was published and not answered yet.
struct Unanswered {
  std::size_t messages = 0;
  std::size_t bytes = 0;
};

// Thread: the loop's. Lifetime: not ended within one of its events.
class Session {
 public:
  Session(const asio::any_io_executor& executor, SessionOptions options, SessionEvents events);

  // Once; events never come within it.
  void Start();

  bool can_publish() const { return is_publisher_ready_; }

  // When it can. Written with all others of this turn of the loop.
  void Publish(std::string_view message);

  // Another command, when it can publish. Without a reply if it ends before there is one.
  void Ask(std::span<const std::string_view> command, Connection::OnReply on_reply) {
    publisher_->Send(command, std::move(on_reply));
  }

  Unanswered unanswered() const { return unanswered_; }

  // No more events.
  void Close();

 private:
  using Time = std::chrono::steady_clock::time_point;

  // A message of its own that was not heard yet.
  struct Canary {
    std::uint64_t number;
    Time said_at;
  };

  std::unique_ptr<Connection> Connect(std::function<void()> on_ready);
  void Subscribe();
  void BeginChecks();
  void Check();
  void WaitForNextCheck();
  void SayToItself();
  void CheckRole();
  // `least`: how many must have received it, because they had subscribed before it was said.
  void CheckReceivers(const redisReply& reply, long long least);
  void CountHeard(const Canary& canary);
  void Hear(std::string_view channel, std::string_view message);
  void HearItself(std::string_view message);
  void Fail(Failure failure);

  asio::any_io_executor executor_;
  SessionOptions options_;
  SessionEvents events_;
  std::unique_ptr<Connection> publisher_;
  std::unique_ptr<Connection> subscriber_;
  asio::steady_timer timer_;
  bool is_publisher_ready_ = false;
  bool is_subscribed_ = false;
  bool is_joined_ = false;
  bool is_closed_ = false;
  Unanswered unanswered_;
  std::uint64_t last_canary_ = 0;
  std::deque<Canary> unheard_;  // a few: it fails when the oldest is too old
  Lifetime lifetime_;
};

}  // namespace chat::redis
