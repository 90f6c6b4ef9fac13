// What the WebSocket connections of one shard share: the hub, the poller, one receive buffer, and
// the lists of those that need attention. Plain state, owned by ConnectionTable and used by
// WebSocketConnection.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "protocol/limits.h"
#include "server/core/hub.h"
#include "server/core/moment.h"
#include "server/net/connection_ended.h"
#include "server/net/poller.h"

namespace chat::net {

class WebSocketConnection;

// Since the start, for metrics.
struct ConnectionCounters {
  std::uint64_t opened = 0;
  std::uint64_t ended = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t sends = 0;            // calls to the system
  std::uint64_t reads_throttled = 0;  // too many pings
};

// Thread: the shard's. Lifetime: longer than the connections.
struct ConnectionShared {
  // How much one connection receives per turn, so that none keeps the others waiting.
  static constexpr std::size_t kReceiveBytesMax = 16 * kKibibyte;

  Hub& hub;
  Poller& poller;
  std::function<void(const ConnectionEnded&)> on_ended;
  Instant now{};
  ConnectionCounters counters = {};
  std::vector<WebSocketConnection*> to_flush = {};    // at the end of the turn
  std::vector<WebSocketConnection*> to_check = {};    // at each sweep: those with a deadline
  std::vector<WebSocketConnection*> to_destroy = {};  // at the end of the turn
  std::array<char, kReceiveBytesMax> receive_buffer = {};
};

}  // namespace chat::net
