#include "loadgen/sqlite_floor.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

namespace chat::loadgen {
namespace {

std::filesystem::path Folder() { return ::testing::TempDir(); }

TEST(SqliteFloorTest, StoresDenseSeqs) {
  // More conversations than a batch has items, and fewer: then one batch has several of one.
  for (const std::size_t conversations : {1000, 7}) {
    const auto report = RunSqliteFloor(Folder(), {.conversations = conversations,
                                                  .batch = 256,
                                                  .seconds = std::chrono::seconds(1),
                                                  .warmup = std::chrono::seconds(0)});

    ASSERT_TRUE(report) << report.error();
    EXPECT_GE(report->rows, 256u);
    EXPECT_GT(report->client_cpu_seconds, 0);
  }
}

TEST(SqliteFloorTest, SaysWhereNoFolderCanBeMade) {
  EXPECT_FALSE(RunSqliteFloor(Folder() / "absent", {}));
}

}  // namespace
}  // namespace chat::loadgen
