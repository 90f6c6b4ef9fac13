// All WebSocket connections of one shard: takes them over from HTTP, drives them by the turns of
// the shard and by one coarse sweep, and destroys them when they ended.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/websocket/close_code.h"
#include "server/core/hub.h"
#include "server/core/moment.h"
#include "server/net/connection_ended.h"
#include "server/net/connection_shared.h"
#include "server/net/new_websocket.h"
#include "server/net/poller.h"
#include "server/net/websocket_connection.h"
#include "server/runtime/asio.h"
#include "server/runtime/shard.h"

namespace chat::net {

struct ConnectionTableOptions {
  std::size_t connections_max = 1'000'000;
  // Called once per connection; must not call back.
  std::function<void(const ConnectionEnded&)> on_ended = {};
};

// Thread: the shard's. Lifetime: made before the shard runs, destroyed after it stopped; `shard`
// and `hub` outlive it.
class ConnectionTable {
 public:
  ConnectionTable(runtime::Shard& shard, Hub& hub, ConnectionTableOptions options);
  ~ConnectionTable();
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  // Takes part in the turns of the shard from now on, and begins to sweep: also advances the hub.
  void Start();

  // Limits: ask has_room() before.
  void Add(NewWebSocket made);
  bool has_room() const { return connections_.size() < options_.connections_max; }

  // Closes all that are open; their outboxes are still written.
  void CloseAll(websocket::CloseCode code, std::string_view reason);

  // True once none is left; false when `timeout` comes first.
  asio::awaitable<bool> WaitUntilEmpty(std::chrono::milliseconds timeout);

  std::size_t size() const { return connections_.size(); }
  const ConnectionCounters& counters() const { return shared_.counters; }

 private:
  void BeginTurn(Moment now);
  void EndTurn();
  void HandleReady(std::span<const Ready> batch);
  void Sweep();
  void FlushAll();
  void DestroyEnded();
  void Remove(WebSocketConnection* connection);
  void ScheduleSweep();

  runtime::Shard& shard_;
  ConnectionTableOptions options_;
  Poller poller_;
  ConnectionShared shared_;
  std::vector<std::unique_ptr<WebSocketConnection>> connections_;
  std::vector<WebSocketConnection*> sweeping_;  // empty outside of Sweep
  asio::steady_timer sweep_timer_;
  asio::steady_timer empty_;  // cancelled when the last connection is gone
};

}  // namespace chat::net
