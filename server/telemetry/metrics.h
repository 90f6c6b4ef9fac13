// The numbers an operator scrapes: snapshots of plain counters in, Prometheus text out. Counters
// live where things happen, on their own shard; nothing here is shared between threads. What each
// is for stands in docs/operations/metrics.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/measures/commit_meter.h"
#include "server/measures/histogram.h"
#include "server/measures/queue_measures.h"

namespace chat::telemetry {

// What became of a request to log in.
enum class LoginResult { kOk, kRefused, kRateLimited, kInvalid, kUnavailable };
inline constexpr std::size_t kLoginResults = 5;

// The public HTTP of one shard since the start.
struct HttpMeasures {
  std::array<std::uint64_t, 5> answers{};  // by the first digit of their status, from 1xx on
  std::array<std::uint64_t, kLoginResults> logins{};
  Histogram seconds{kSecondsBounds};
};

// One shard at one moment; all but `connections` and `outbox_bytes` count since the start.
struct ShardSnapshot {
  std::uint32_t shard = 0;
  std::size_t connections = 0;
  std::size_t outbox_bytes = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t frames_received = 0;
  std::uint64_t invalid_frames = 0;
  std::uint64_t sends = 0;
  std::uint64_t acks = 0;
  std::uint64_t sends_refused = 0;
  std::uint64_t bodies_delivered = 0;
  std::uint64_t heartbeat_timeouts = 0;
  std::uint64_t gaps = 0;
  std::uint64_t bodies_shed = 0;
  std::uint64_t signals_shed = 0;
  std::uint64_t slow_consumers = 0;
  Histogram send_ack_seconds{kMillisecondBounds};
  Histogram send_visible_seconds{kMillisecondBounds};
  HttpMeasures http = {};
};

// The store since the start.
struct StoreSnapshot {
  std::uint64_t commits = 0;
  std::uint64_t writes = 0;  // changes asked for; several share a commit
  std::uint64_t reads = 0;
  CommitMeasures committed = {};
};

// The queue before some threads; `name` is one of a few that the code has.
struct QueueSnapshot {
  std::string_view name;
  QueueMeasures measures;
};

// A number of a part that only some servers have, under its full name.
struct PartNumber {
  enum class Kind { kCounter, kGauge };

  std::string_view name;  // as "chat_redis_messages_total"
  std::string_view help;
  Kind kind = Kind::kCounter;
  double value = 0;
};

// The same for times.
struct PartHistogram {
  std::string_view name;
  std::string_view help;
  Histogram histogram;
};

struct ServerSnapshot {
  std::vector<ShardSnapshot> shards;
  StoreSnapshot store;
  std::vector<QueueSnapshot> queues;
  std::vector<PartNumber> parts;
  std::vector<PartHistogram> histograms;
};

// Source: Prometheus text exposition format 0.0.4.
std::string RenderMetrics(const ServerSnapshot& server);

}  // namespace chat::telemetry
