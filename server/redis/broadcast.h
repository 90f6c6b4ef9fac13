// Says to all nodes through Redis: the networked implementation of the broadcast port. It connects
// for ever: whatever ends a session with Redis is told to the listener, and the next one begins
// after a while. What is said meanwhile is dropped, as the port allows.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/ports/broadcast.h"
#include "server/redis/backoff.h"
#include "server/redis/canary_measures.h"
#include "server/redis/connection.h"
#include "server/redis/failure.h"
#include "server/redis/lifetime.h"
#include "server/redis/master_search.h"
#include "server/redis/redis_url.h"
#include "server/redis/session.h"
#include "server/redis/tls.h"
#include "server/runtime/asio.h"

namespace chat::redis {

// One message; larger ones are dropped.
inline constexpr std::size_t kMessageBytesMax = std::size_t{1} << 20;

enum class BroadcastStatus {
  kConnecting,  // the first time
  kJoined,
  kUnavailable,
  // A Redis Cluster, say. It is tried again, but only an operator can help.
  kUnsupported,
};

struct BroadcastState {
  BroadcastStatus status = BroadcastStatus::kConnecting;
  // Why it is not joined, in one sentence without secrets; empty when it is.
  std::string detail = "Redis is being connected to.";

  friend bool operator==(const BroadcastState&, const BroadcastState&) = default;
};

struct BroadcastOptions {
  RedisUrl url;
  // For waits that differ between nodes, and for a name of this node's own.
  RandomNumber random;
  // Called after each change of the state, for the log. May be unset.
  std::function<void(const BroadcastState&)> on_change = nullptr;
  // What may wait for Redis' answer, or be heard before it has joined.
  std::size_t waiting_messages_max = 32'768;
  std::size_t waiting_bytes_max = std::size_t{8} << 20;
};

// All count since the start.
struct BroadcastCounters {
  std::uint64_t said = 0;
  std::uint64_t said_bytes = 0;
  std::uint64_t heard = 0;
  std::uint64_t heard_bytes = 0;
  std::uint64_t dropped = 0;     // said while it was not connected or too much waited, or too large
  std::uint64_t reconnects = 0;  // attempts to connect after the first
  CanaryMeasures canary = {};
};

// Thread: the loop's; Open from any. Lifetime: ends while its loop does not run, or on the loop.
class Broadcast final : public chat::Broadcast {
 public:
  // Nothing is connected yet. Has the process ignore SIGPIPE, which hiredis and OpenSSL cause when
  // they write to a connection that broke.
  //
  // Errors: one sentence when the certificates to trust cannot be read.
  static std::expected<std::unique_ptr<Broadcast>, std::string> Open(asio::any_io_executor executor,
                                                                     BroadcastOptions options);

  ~Broadcast() override { Stop(); }
  Broadcast(const Broadcast&) = delete;
  Broadcast& operator=(const Broadcast&) = delete;

  // Once. The listener outlives it, or its Stop; it is never called within Start.
  void Start(BroadcastListener& listener);

  // No more calls of the listener, not even Lost. Must not be called by the listener.
  void Stop();

  void Say(std::string message) override;

  // Gives Redis another command, with all that is said in this turn. False while there is no
  // connection. Whoever asks keeps a deadline: there is no reply when the connection ends before.
  bool Ask(std::span<const std::string_view> command, Connection::OnReply on_reply);

  const BroadcastState& state() const { return state_; }
  const BroadcastCounters& counters() const { return counters_; }

 private:
  Broadcast(asio::any_io_executor executor, BroadcastOptions options, std::optional<TlsClient> tls);

  const TlsClient* tls() const { return tls_ ? &*tls_ : nullptr; }
  bool IsFull(std::size_t messages, std::size_t bytes) const;
  void Connect();
  void StartSession(const Address& address);
  void Join();
  void Hear(std::string_view message);
  void TellListener(std::string_view message);
  void TryLater(Failure failure);
  void EndSession();
  void Change(BroadcastState state);

  asio::any_io_executor executor_;
  BroadcastOptions options_;
  std::optional<TlsClient> tls_;
  std::string canary_channel_;
  Backoff backoff_;
  asio::steady_timer timer_;
  BroadcastListener* listener_ = nullptr;
  std::unique_ptr<MasterSearch> search_;  // with sentinels only
  std::unique_ptr<Session> session_;
  bool is_joined_ = false;
  // Heard before it has joined.
  std::vector<std::string> early_;
  std::size_t early_bytes_ = 0;
  BroadcastState state_;
  BroadcastCounters counters_;
  Lifetime lifetime_;
};

}  // namespace chat::redis
