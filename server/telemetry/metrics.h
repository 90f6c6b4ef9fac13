// The numbers an operator scrapes: snapshots of plain counters in, Prometheus text out. Counters
// live where things happen, on their own shard; nothing here is shared between threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chat::telemetry {

// One shard at one moment; all but `connections` count since the start.
struct ShardSnapshot {
  std::uint32_t shard = 0;
  std::size_t connections = 0;
  std::uint64_t frames_received = 0;
  std::uint64_t invalid_frames = 0;
  std::uint64_t sends = 0;
  std::uint64_t acks = 0;
  std::uint64_t bodies_delivered = 0;
  std::uint64_t heartbeat_timeouts = 0;
  std::uint64_t gaps = 0;
  std::uint64_t bodies_shed = 0;
  std::uint64_t slow_consumers = 0;
};

// The store since the start.
struct StoreSnapshot {
  std::uint64_t commits = 0;
  std::uint64_t writes = 0;  // changes asked for; several share a commit
  std::uint64_t reads = 0;
};

// A number of a part that only some servers have, under its full name.
struct PartNumber {
  enum class Kind { kCounter, kGauge };

  std::string_view name;  // as "chat_redis_messages_total"
  std::string_view help;
  Kind kind = Kind::kCounter;
  double value = 0;
};

struct ServerSnapshot {
  std::vector<ShardSnapshot> shards;
  StoreSnapshot store;
  std::vector<PartNumber> parts;
};

// Source: Prometheus text exposition format 0.0.4.
std::string RenderMetrics(const ServerSnapshot& server);

}  // namespace chat::telemetry
