// The store floor on a real PostgreSQL.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>

#include "loadgen/postgres_floor.h"
#include "tests/harness/postgres_server.h"

namespace chat::loadgen {
namespace {

using testing::PostgresServer;

TEST(PostgresFloorTest, StoresDenseSeqsAndLeavesNothing) {
  const PostgresServer server;

  // More conversations than a batch has items, and fewer: then one batch has several of one.
  for (const std::size_t conversations : {1000, 7}) {
    const auto report = RunPostgresFloor({.database = server.url(),
                                          .postmaster = 1,
                                          .load = {.conversations = conversations,
                                                   .batch = 256,
                                                   .seconds = std::chrono::seconds(1),
                                                   .warmup = std::chrono::seconds(0)}});

    ASSERT_TRUE(report) << report.error();
    EXPECT_GE(report->rows, 256u);
    EXPECT_GT(report->client_cpu_seconds, 0);
  }
  EXPECT_EQ(server.Execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'loadgen%'")
                .one_field()
                .as<int>(),
            0);
}

TEST(PostgresFloorTest, SaysThatNobodyListens) {
  EXPECT_FALSE(RunPostgresFloor({.database = "postgresql://127.0.0.1:1/x"}));
}

}  // namespace
}  // namespace chat::loadgen
