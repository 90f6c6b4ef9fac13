#include "server/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chat::telemetry {
namespace {

using ::testing::HasSubstr;

TEST(MetricsTest, ShowsEachShardWithItsLabelAndTheStoreOnce) {
  const std::string page = RenderMetrics(
      {.shards = {{.shard = 0, .connections = 3, .sends = 7}, {.shard = 1, .connections = 4}},
       .store = {.commits = 5, .writes = 40, .reads = 6},
       .queues = {},
       .parts = {},
       .histograms = {}});

  EXPECT_THAT(page, HasSubstr("# TYPE chat_connections gauge\n"));
  EXPECT_THAT(page, HasSubstr("chat_connections{shard=\"0\"} 3\n"));
  EXPECT_THAT(page, HasSubstr("chat_connections{shard=\"1\"} 4\n"));
  EXPECT_THAT(page, HasSubstr("# TYPE chat_sends_total counter\n"));
  EXPECT_THAT(page, HasSubstr("chat_sends_total{shard=\"0\"} 7\n"));
  EXPECT_THAT(page, HasSubstr("chat_store_commits_total 5\n"));
  EXPECT_THAT(page, HasSubstr("chat_store_writes_total 40\n"));
}

TEST(MetricsTest, ShowsWhatOnlySomeServersHave) {
  const std::string page =
      RenderMetrics({.shards = {},
                     .store = {},
                     .queues = {},
                     .parts = {{.name = "chat_other_nodes",
                                .help = "Nodes.",
                                .kind = PartNumber::Kind::kGauge,
                                .value = 2},
                               {.name = "chat_hints_total", .help = "Hints.", .value = 9}},
                     .histograms = {}});

  EXPECT_THAT(page, HasSubstr("# TYPE chat_other_nodes gauge\nchat_other_nodes 2\n"));
  EXPECT_THAT(page, HasSubstr("# TYPE chat_hints_total counter\nchat_hints_total 9\n"));
}

TEST(MetricsTest, AddsTheTimesOfAllShardsIntoBucketsThatHoldWhatIsBelow) {
  ServerSnapshot server;
  server.shards.resize(2);
  server.shards[0].send_ack_seconds.Add(0.001, 3);
  server.shards[1].send_ack_seconds.Add(0.003);
  server.shards[1].send_ack_seconds.Add(60.0);

  const std::string page = RenderMetrics(server);

  EXPECT_THAT(page, HasSubstr("# TYPE chat_send_ack_seconds histogram\n"));
  EXPECT_THAT(page, HasSubstr("chat_send_ack_seconds_bucket{le=\"0.001\"} 3\n"));
  EXPECT_THAT(page, HasSubstr("chat_send_ack_seconds_bucket{le=\"0.002\"} 3\n"));
  EXPECT_THAT(page, HasSubstr("chat_send_ack_seconds_bucket{le=\"0.005\"} 4\n"));
  EXPECT_THAT(page, HasSubstr("chat_send_ack_seconds_bucket{le=\"+Inf\"} 5\n"));
  EXPECT_THAT(page, HasSubstr("chat_send_ack_seconds_count 5\n"));
}

TEST(MetricsTest, LabelsQueuesByNameAndLoginsByResult) {
  ServerSnapshot server;
  server.shards.resize(2);
  server.shards[0].http.logins = {4, 1, 0, 0, 0};
  server.shards[1].http.logins = {1, 0, 0, 0, 2};
  server.queues.push_back({"reads", {.items = 7, .bytes = 0, .refused = 2}});

  const std::string page = RenderMetrics(server);

  EXPECT_THAT(page, HasSubstr("chat_logins_total{result=\"ok\"} 5\n"));
  EXPECT_THAT(page, HasSubstr("chat_logins_total{result=\"refused\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("chat_logins_total{result=\"unavailable\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("chat_queue_items{queue=\"reads\"} 7\n"));
  EXPECT_THAT(page, HasSubstr("chat_queue_refused_total{queue=\"reads\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("chat_queue_wait_seconds_count{queue=\"reads\"} 0\n"));
}

}  // namespace
}  // namespace chat::telemetry
