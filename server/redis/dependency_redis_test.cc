// What /readyz is told of a real Redis: it is asked on a shard, and the answer comes from the
// broadcast's loop.

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "server/redis/dependency.h"
#include "server/redis/test_node.h"
#include "tests/harness/manual_executor.h"
#include "tests/harness/redis_server.h"

namespace chat::redis {
namespace {

TEST(DependencyRedisTest, IsReadyWhileJoinedAndElseSaysWhyNot) {
  testing::RedisServer redis;
  TestLoop loop;
  TestNode node(loop, redis.url());
  testing::ManualExecutor home;
  Dependency dependency(loop.io_context().get_executor(), node.broadcast(), home);
  const auto check = [&] {
    std::optional<DependencyState> state;
    dependency.Check([&](DependencyState answer) { state = std::move(answer); });
    EXPECT_TRUE(loop.RunUntil([&] {
      home.RunAll();
      return state.has_value();
    }));
    return state.value_or(DependencyState());
  };

  const DependencyState before = check();
  ASSERT_TRUE(node.IsJoined());
  const DependencyState joined = check();
  redis.Kill();
  ASSERT_TRUE(node.WasLost());
  const DependencyState lost = check();

  EXPECT_EQ(before.name, "redis");
  EXPECT_FALSE(before.ready);
  EXPECT_EQ(before.detail, "Redis is being connected to.");
  EXPECT_TRUE(joined.ready);
  EXPECT_EQ(joined.detail, "");
  EXPECT_FALSE(lost.ready);
  EXPECT_TRUE(lost.detail.contains("is not usable: ")) << lost.detail;
}

}  // namespace
}  // namespace chat::redis
