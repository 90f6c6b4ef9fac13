#include "server/telemetry/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
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

// Prometheus wants to know of each bucket what is in it or below.
prometheus::ClientMetric Sample(const Histogram& histogram) {
  prometheus::ClientMetric metric;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
    count += histogram.counts()[i];
    const bool is_last = i == histogram.bounds().size();
    const double bound = is_last ? std::numeric_limits<double>::infinity() : histogram.bounds()[i];
    metric.histogram.bucket.push_back({.cumulative_count = count, .upper_bound = bound});
  }
  metric.histogram.sample_count = count;
  metric.histogram.sample_sum = histogram.sum();
  return metric;
}

prometheus::ClientMetric Labelled(prometheus::ClientMetric metric, std::string_view label,
                                  std::string_view value) {
  metric.label.push_back({std::string(label), std::string(value)});
  return metric;
}

MetricFamily Family(std::string_view name, std::string_view help, MetricType type) {
  return {std::string(name), std::string(help), type, {}};
}

struct ShardMetric {
  std::string_view name;
  std::string_view help;
  MetricType type;
  std::function<double(const ShardSnapshot&)> value;
};

MetricFamily PerShard(const ShardMetric& shown, const std::vector<ShardSnapshot>& shards) {
  MetricFamily family = Family(shown.name, shown.help, shown.type);
  for (const ShardSnapshot& shard : shards) {
    family.metric.push_back(
        Labelled(Sample(shown.type, shown.value(shard)), "shard", std::to_string(shard.shard)));
  }
  return family;
}

const std::vector<ShardMetric>& ShardMetrics() {
  constexpr auto kCounter = MetricType::Counter;
  using Shard = const ShardSnapshot&;
  static const std::vector<ShardMetric> kMetrics = {
      {"chat_connections", "WebSocket connections open now.", MetricType::Gauge,
       [](Shard shard) { return shard.connections; }},
      {"chat_connections_opened_total", "WebSocket connections opened.", kCounter,
       [](Shard shard) { return shard.connections_opened; }},
      {"chat_received_bytes_total", "Bytes received over WebSockets.", kCounter,
       [](Shard shard) { return shard.bytes_received; }},
      {"chat_sent_bytes_total", "Bytes written to WebSockets.", kCounter,
       [](Shard shard) { return shard.bytes_sent; }},
      {"chat_outbox_bytes", "Bytes that wait for clients to read.", MetricType::Gauge,
       [](Shard shard) { return shard.outbox_bytes; }},
      {"chat_frames_received_total", "Frames received from clients.", kCounter,
       [](Shard shard) { return shard.frames_received; }},
      {"chat_invalid_frames_total", "Frames that did not parse.", kCounter,
       [](Shard shard) { return shard.invalid_frames; }},
      {"chat_sends_total", "Messages handed to the store.", kCounter,
       [](Shard shard) { return shard.sends; }},
      {"chat_acks_total", "Messages acknowledged after their commit.", kCounter,
       [](Shard shard) { return shard.acks; }},
      {"chat_sends_refused_total", "Messages that the store refused or could not store.", kCounter,
       [](Shard shard) { return shard.sends_refused; }},
      {"chat_bodies_delivered_total", "Entries queued for live connections.", kCounter,
       [](Shard shard) { return shard.bodies_delivered; }},
      {"chat_heartbeat_timeouts_total", "Connections closed for silence.", kCounter,
       [](Shard shard) { return shard.heartbeat_timeouts; }},
      {"chat_gaps_total", "Gap markers queued for slow readers.", kCounter,
       [](Shard shard) { return shard.gaps; }},
      {"chat_bodies_shed_total", "Entries that slow readers have to pull.", kCounter,
       [](Shard shard) { return shard.bodies_shed; }},
      {"chat_signals_shed_total", "Signs of typing and receipts not told to slow readers.",
       kCounter, [](Shard shard) { return shard.signals_shed; }},
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

MetricFamily Times(std::string_view name, std::string_view help, const Histogram& histogram) {
  MetricFamily family = Family(name, help, MetricType::Histogram);
  family.metric.push_back(Sample(histogram));
  return family;
}

// Over all shards: one histogram for each would be many series that nobody tells apart.
struct AllShards {
  explicit AllShards(const std::vector<ShardSnapshot>& shards) {
    for (const ShardSnapshot& shard : shards) {
      send_ack_seconds.Merge(shard.send_ack_seconds);
      send_visible_seconds.Merge(shard.send_visible_seconds);
      http.seconds.Merge(shard.http.seconds);
      Add(shard.http.answers, http.answers);
      Add(shard.http.logins, http.logins);
    }
  }

  template <typename Counts>
  static void Add(const Counts& counts, Counts& totals) {
    for (std::size_t i = 0; i < totals.size(); ++i) totals[i] += counts[i];
  }

  Histogram send_ack_seconds{kMillisecondBounds};
  Histogram send_visible_seconds{kMillisecondBounds};
  HttpMeasures http;
};

template <std::size_t kCount>
MetricFamily Counted(MetricFamily family, std::string_view label,
                     const std::array<std::string_view, kCount>& values,
                     const std::array<std::uint64_t, kCount>& counts) {
  for (std::size_t i = 0; i < kCount; ++i) {
    const auto count = static_cast<double>(counts[i]);
    family.metric.push_back(Labelled(Sample(MetricType::Counter, count), label, values[i]));
  }
  return family;
}

using Families = std::vector<MetricFamily>;

void AddMessages(const AllShards& shards, Families& families) {
  families.push_back(Times(
      "chat_send_ack_seconds",
      "From receiving a send to queueing its ack, by the shard's clock, in whole milliseconds.",
      shards.send_ack_seconds));
  families.push_back(Times(
      "chat_send_visible_seconds",
      "From created_at of an entry to queueing it for a connection of this node, for each such "
      "connection, by this node's reading of the store's clock, in whole milliseconds.",
      shards.send_visible_seconds));
}

void AddHttp(const HttpMeasures& http, Families& families) {
  constexpr std::array<std::string_view, 5> kClasses = {"1xx", "2xx", "3xx", "4xx", "5xx"};
  // As LoginResult has them.
  constexpr std::array<std::string_view, kLoginResults> kResults = {"ok", "refused", "rate_limited",
                                                                    "invalid", "unavailable"};
  families.push_back(
      Counted(Family("chat_http_answers_total", "Answers of the public HTTP, upgrades included.",
                     MetricType::Counter),
              "status", kClasses, http.answers));
  families.push_back(Counted(
      Family("chat_logins_total", "Logins asked for, by what became of them.", MetricType::Counter),
      "result", kResults, http.logins));
  families.push_back(Times(
      "chat_http_request_seconds",
      "From the end of a request's head to its answer, reading the body included.", http.seconds));
}

void AddStore(const StoreSnapshot& store, Families& families) {
  families.push_back(Total("chat_store_commits_total", "Transactions committed.", store.commits));
  families.push_back(Total("chat_store_writes_total", "Changes asked of the store.", store.writes));
  families.push_back(Total("chat_store_reads_total", "Reads asked of the store.", store.reads));
  families.push_back(Times("chat_store_commit_changes",
                           "Changes that shared a commit, for each commit.",
                           store.committed.sizes));
  families.push_back(Times("chat_store_commit_seconds",
                           "From the begin of a transaction to the end of its commit.",
                           store.committed.seconds));
}

void AddQueues(const std::vector<QueueSnapshot>& queues, Families& families) {
  MetricFamily items =
      Family("chat_queue_items", "What waits for a thread now.", MetricType::Gauge);
  MetricFamily bytes =
      Family("chat_queue_bytes", "Its bytes; 0 where only items are counted.", MetricType::Gauge);
  MetricFamily refused = Family("chat_queue_refused_total", "What was refused because it was full.",
                                MetricType::Counter);
  MetricFamily waits = Family("chat_queue_wait_seconds",
                              "From queueing to being taken by a thread.", MetricType::Histogram);
  for (const auto& [name, measures] : queues) {
    const auto add = [&](MetricFamily& family, double value) {
      family.metric.push_back(Labelled(Sample(family.type, value), "queue", name));
    };
    add(items, static_cast<double>(measures.items));
    add(bytes, static_cast<double>(measures.bytes));
    add(refused, static_cast<double>(measures.refused));
    waits.metric.push_back(Labelled(Sample(measures.waits), "queue", name));
  }
  for (MetricFamily* family : {&items, &bytes, &refused, &waits}) {
    families.push_back(std::move(*family));
  }
}

}  // namespace

std::string RenderMetrics(const ServerSnapshot& server) {
  Families families;
  for (const ShardMetric& shown : ShardMetrics())
    families.push_back(PerShard(shown, server.shards));
  const AllShards shards(server.shards);
  AddMessages(shards, families);
  AddHttp(shards.http, families);
  AddStore(server.store, families);
  AddQueues(server.queues, families);
  for (const PartNumber& number : server.parts) families.push_back(Single(number));
  for (const PartHistogram& part : server.histograms)
    families.push_back(Times(part.name, part.help, part.histogram));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace chat::telemetry
