#include "server/telemetry/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <functional>
#include <string_view>
#include <utility>

namespace chat::telemetry {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

prometheus::ClientMetric Sample(MetricType type, double value) {
  prometheus::ClientMetric metric;
  if (type == MetricType::Gauge) {
    metric.gauge.value = value;
  } else {
    metric.counter.value = value;
  }
  return metric;
}

struct ShardMetric {
  std::string_view name;
  std::string_view help;
  MetricType type;
  std::function<double(const ShardSnapshot&)> value;
};

MetricFamily PerShard(const ShardMetric& shown, const std::vector<ShardSnapshot>& shards) {
  MetricFamily family{std::string(shown.name), std::string(shown.help), shown.type, {}};
  for (const ShardSnapshot& shard : shards) {
    prometheus::ClientMetric metric = Sample(shown.type, shown.value(shard));
    metric.label.push_back({"shard", std::to_string(shard.shard)});
    family.metric.push_back(std::move(metric));
  }
  return family;
}

const std::vector<ShardMetric>& ShardMetrics() {
  constexpr auto kCounter = MetricType::Counter;
  using Shard = const ShardSnapshot&;
  static const std::vector<ShardMetric> kMetrics = {
      {"chat_connections", "WebSocket connections open now.", MetricType::Gauge,
       [](Shard shard) { return shard.connections; }},
      {"chat_frames_received_total", "Frames received from clients.", kCounter,
       [](Shard shard) { return shard.frames_received; }},
      {"chat_invalid_frames_total", "Frames that did not parse.", kCounter,
       [](Shard shard) { return shard.invalid_frames; }},
      {"chat_sends_total", "Messages handed to the store.", kCounter,
       [](Shard shard) { return shard.sends; }},
      {"chat_acks_total", "Messages acknowledged after their commit.", kCounter,
       [](Shard shard) { return shard.acks; }},
      {"chat_bodies_delivered_total", "Entries queued for live connections.", kCounter,
       [](Shard shard) { return shard.bodies_delivered; }},
      {"chat_heartbeat_timeouts_total", "Connections closed for silence.", kCounter,
       [](Shard shard) { return shard.heartbeat_timeouts; }},
      {"chat_gaps_total", "Gap markers queued for slow readers.", kCounter,
       [](Shard shard) { return shard.gaps; }},
      {"chat_bodies_shed_total", "Entries that slow readers have to pull.", kCounter,
       [](Shard shard) { return shard.bodies_shed; }},
      {"chat_slow_consumers_total", "Connections closed because their queue overflowed.", kCounter,
       [](Shard shard) { return shard.slow_consumers; }},
  };
  return kMetrics;
}

MetricFamily Single(const PartNumber& number) {
  const MetricType type =
      number.kind == PartNumber::Kind::kGauge ? MetricType::Gauge : MetricType::Counter;
  return {std::string(number.name), std::string(number.help), type, {Sample(type, number.value)}};
}

MetricFamily Total(std::string_view name, std::string_view help, std::uint64_t value) {
  return Single({.name = name, .help = help, .value = static_cast<double>(value)});
}

}  // namespace

std::string RenderMetrics(const ServerSnapshot& server) {
  const StoreSnapshot& store = server.store;
  std::vector<MetricFamily> families;
  for (const ShardMetric& shown : ShardMetrics())
    families.push_back(PerShard(shown, server.shards));
  families.push_back(Total("chat_store_commits_total", "Transactions committed.", store.commits));
  families.push_back(Total("chat_store_writes_total", "Changes asked of the store.", store.writes));
  families.push_back(Total("chat_store_reads_total", "Reads asked of the store.", store.reads));
  for (const PartNumber& number : server.parts) families.push_back(Single(number));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace chat::telemetry
