#include "server/app/cluster_metrics.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "server/redis/canary_measures.h"

namespace chat::app {
namespace {

using Kind = telemetry::PartNumber::Kind;

double Seconds(std::optional<std::chrono::milliseconds> time) {
  return time ? static_cast<double>(time->count()) / 1000.0 : -1.0;
}

// As of now, not of the loop's last turn: it has to rise when the loop stands still.
std::optional<std::chrono::milliseconds> SinceHeard(const redis::CanaryMeasures& canary) {
  if (canary.heard == 0) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               canary.heard_at);
}

std::vector<telemetry::PartNumber> StateNumbers(const cluster::ClusterState& state) {
  return {{"chat_cluster_other_nodes", "Other nodes whose lease lives.", Kind::kGauge,
           static_cast<double>(state.others)},
          {"chat_cluster_joined", "Whether the broadcast is heard.", Kind::kGauge,
           state.joined ? 1.0 : 0.0},
          {"chat_cluster_presence_whole", "Whether the presence of all other nodes is known.",
           Kind::kGauge, state.presence_whole ? 1.0 : 0.0},
          {"chat_cluster_lease_age_seconds", "Since the lease was renewed; -1 before that.",
           Kind::kGauge, Seconds(state.since_renewal)},
          {"chat_cluster_behind_seconds",
           "How old the news from other nodes may be at most; -1 before it is known.", Kind::kGauge,
           Seconds(state.behind)}};
}

telemetry::PartNumber Total(std::string_view name, std::string_view help, std::uint64_t value) {
  return {name, help, Kind::kCounter, static_cast<double>(value)};
}

std::vector<telemetry::PartNumber> CountNumbers(const cluster::ClusterCounts& counts) {
  return {
      Total("chat_cluster_hints_said_total", "Batches told to other nodes.", counts.hints_said),
      Total("chat_cluster_hints_heard_total", "Batches that others told of.",
            counts.follower.hints_heard),
      Total("chat_cluster_hints_ahead_total", "Hints before which something was missing.",
            counts.follower.hints_ahead),
      Total("chat_cluster_messages_refused_total", "Messages heard that no node says.",
            counts.messages_refused),
      Total("chat_cluster_head_checks_total", "Looks at the heads of the log.",
            counts.follower.head_checks),
      Total("chat_cluster_head_checks_failed_total", "Of those, the ones that failed.",
            counts.follower.head_checks_failed),
      Total("chat_cluster_log_reads_total", "Reads of what hints did not bring.",
            counts.follower.log_reads),
      Total("chat_cluster_log_reads_failed_total", "Of those, the ones that failed.",
            counts.follower.log_reads_failed),
      Total("chat_cluster_batches_total", "Batches of other nodes given to the shards.",
            counts.follower.batches_handed_on),
      Total("chat_cluster_batches_read_back_total", "Of those, the ones that were read back.",
            counts.follower.batches_read_back),
      Total("chat_cluster_track_lost_total", "Times something was missed for good.",
            counts.follower.times_track_was_lost),
      Total("chat_cluster_renewals_total", "Renewals of the lease.", counts.nodes.renewals),
      Total("chat_cluster_renewals_failed_total", "Of those, the ones that failed.",
            counts.nodes.renewals_failed),
      Total("chat_cluster_nodes_ended_total", "Leases of dead nodes ended here.",
            counts.nodes.nodes_ended),
      Total("chat_cluster_presence_holes_total", "News of presence that were missing.",
            counts.presence.holes),
      Total("chat_cluster_presence_snapshots_total", "Snapshots of other nodes' presence taken.",
            counts.presence.snapshots_applied),
  };
}

}  // namespace

std::vector<telemetry::PartNumber> ClusterNumbers(const ClusterReport& report) {
  std::vector<telemetry::PartNumber> numbers = StateNumbers(report.state);
  const std::vector<telemetry::PartNumber> counts = CountNumbers(report.counts);
  numbers.insert(numbers.end(), counts.begin(), counts.end());
  return numbers;
}

std::vector<telemetry::PartNumber> PostgresNumbers(const postgres::DatabaseCounters& counters) {
  return {
      Total("chat_postgres_reconnects_total", "Connections to PostgreSQL made after the first.",
            counters.reconnects),
      Total("chat_postgres_doubts_total", "Commits whose answer was lost, and then looked up.",
            counters.doubts),
  };
}

std::vector<telemetry::PartNumber> RedisNumbers(const redis::BroadcastCounters& counters) {
  return {
      Total("chat_redis_messages_said_total", "Messages said to all nodes.", counters.said),
      Total("chat_redis_said_bytes_total", "Their bytes.", counters.said_bytes),
      Total("chat_redis_messages_heard_total", "Messages heard of all nodes.", counters.heard),
      Total("chat_redis_heard_bytes_total", "Their bytes.", counters.heard_bytes),
      Total("chat_redis_messages_dropped_total", "Messages that could not be said.",
            counters.dropped),
      Total("chat_redis_reconnects_total", "Attempts to connect after the first.",
            counters.reconnects),
      Total("chat_redis_canaries_said_total", "Messages said through Redis to oneself.",
            counters.canary.said),
      Total("chat_redis_canaries_heard_total", "Of those, the ones that came back.",
            counters.canary.heard),
      Total("chat_redis_silences_total",
            "Times that Redis took what was said, without an error, and nobody heard it.",
            counters.canary.silences),
      {"chat_redis_canary_age_seconds", "Since one last came back; -1 before that.", Kind::kGauge,
       Seconds(SinceHeard(counters.canary))},
  };
}

telemetry::PartHistogram RedisRoundTrips(const redis::BroadcastCounters& counters) {
  return {"chat_redis_round_trip_seconds",
          "From saying something to oneself through Redis to hearing it.",
          counters.canary.round_trips};
}

}  // namespace chat::app
