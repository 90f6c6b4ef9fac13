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
       .parts = {}});

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
                     .parts = {{.name = "chat_other_nodes",
                                .help = "Nodes.",
                                .kind = PartNumber::Kind::kGauge,
                                .value = 2},
                               {.name = "chat_hints_total", .help = "Hints.", .value = 9}}});

  EXPECT_THAT(page, HasSubstr("# TYPE chat_other_nodes gauge\nchat_other_nodes 2\n"));
  EXPECT_THAT(page, HasSubstr("# TYPE chat_hints_total counter\nchat_hints_total 9\n"));
}

}  // namespace
}  // namespace chat::telemetry
