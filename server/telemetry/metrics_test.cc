#include "server/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chat::telemetry {
namespace {

using ::testing::HasSubstr;

TEST(MetricsTest, ShowsEachShardWithItsLabelAndTheStoreOnce) {
  const std::string page =
      RenderMetrics({{.shard = 0, .connections = 3, .sends = 7}, {.shard = 1, .connections = 4}},
                    {.commits = 5, .writes = 40, .reads = 6});

  EXPECT_THAT(page, HasSubstr("# TYPE chat_connections gauge\n"));
  EXPECT_THAT(page, HasSubstr("chat_connections{shard=\"0\"} 3\n"));
  EXPECT_THAT(page, HasSubstr("chat_connections{shard=\"1\"} 4\n"));
  EXPECT_THAT(page, HasSubstr("# TYPE chat_sends_total counter\n"));
  EXPECT_THAT(page, HasSubstr("chat_sends_total{shard=\"0\"} 7\n"));
  EXPECT_THAT(page, HasSubstr("chat_store_commits_total 5\n"));
  EXPECT_THAT(page, HasSubstr("chat_store_writes_total 40\n"));
}

}  // namespace
}  // namespace chat::telemetry
