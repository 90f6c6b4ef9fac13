// Ten thousand clients that are only there cost PostgreSQL and Redis nothing: both do as much in
// the same time as with nobody connected.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <vector>

#include "tests/harness/cluster_world.h"
#include "tests/harness/deadline.h"
#include "tests/harness/idle_crowd.h"
#include "tests/harness/person.h"
#include "tests/harness/redis_server.h"

namespace chat::testing {
namespace {

constexpr std::size_t kConnections = 10'000;
constexpr std::size_t kBeats = 6;
constexpr std::chrono::seconds kWindow{30};

// PostgreSQL's own limit is 10 s, for a backend that has nothing to do.
constexpr std::chrono::seconds kCountedAfter{15};

// What a node does by itself, two or three transactions a second, may be counted in the window
// after its own. Tens of thousands of heartbeats fall into each.
constexpr double kEdges = 30;

struct Operations {
  double postgres = 0;  // transactions
  double redis = 0;     // commands
};

double CommandsOf(const RedisServer& redis) {
  constexpr std::string_view kLabel = "total_commands_processed:";
  const std::string stats = redis.Command({"INFO", "stats"});
  const std::size_t found = stats.find(kLabel);
  if (found == std::string::npos) throw Surprise("Redis does not say what it did: " + stats);
  return std::stod(stats.substr(found + kLabel.size()));
}

Operations Count(ClusterWorld& world) {
  const pqxx::result row = world.postgres().Execute(
      "SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database WHERE datname IS NOT NULL");
  return {.postgres = row[0][0].as<double>(), .redis = CommandsOf(world.redis())};
}

// Nothing more is printed by a node that runs.
void Pass(ClusterWorld& world, std::chrono::seconds time) {
  EXPECT_THROW((void)world.node(0).ReadLine(Deadline(time)), Surprise);
}

// A backend of PostgreSQL that has nothing to do tells of its last transactions some seconds later.
void AwaitCounted(ClusterWorld& world, double transactions) {
  const Deadline deadline(std::chrono::minutes(2));
  while (Count(world).postgres < transactions) {
    ASSERT_FALSE(deadline.passed()) << "the connects are not counted";
    Pass(world, std::chrono::seconds(1));
  }
}

// How much is done in the window.
Operations CountInWindow(ClusterWorld& world) {
  const Operations before = Count(world);
  Pass(world, kWindow);
  const Operations after = Count(world);
  return {.postgres = after.postgres - before.postgres, .redis = after.redis - before.redis};
}

TEST(ClusterHeartbeatsTest, CostNoOperationOfPostgresqlOrRedis) {
  ASSERT_GE(RaiseFileLimit(), kConnections + 500) << "this machine allows too few open files";
  ClusterWorld world({.nodes = 1, .flags = {"--heartbeat-interval-ms=3000", "--log-level=warn"}});
  std::vector<Person> people;
  for (const char* name : {"alice", "bob", "carol", "dave"}) {
    people.push_back(world.Arrives(name, 0));
  }
  Pass(world, kCountedAfter);  // the logins
  const Operations quiet = CountInWindow(world);

  const double before_connects = Count(world).postgres;
  IdleCrowd crowd(world.node(0).endpoint(), people, kConnections);
  ASSERT_EQ(crowd.AwaitSettled()["live"], kConnections);
  // Each connection is one look at its session.
  ASSERT_NO_FATAL_FAILURE(AwaitCounted(world, before_connects + kConnections));
  const std::size_t beats_before = crowd.AwaitAnswers(1)["beats_answered"];
  const Operations busy = CountInWindow(world);
  const std::size_t beats = crowd.AwaitAnswers(kBeats)["beats_answered"] - beats_before;
  EXPECT_EQ(crowd.Leave(), 0);

  const double per_minute = 60.0 / static_cast<double>(kWindow.count());
  std::cout << beats << " heartbeats; a minute with them: " << busy.postgres * per_minute
            << " transactions and " << busy.redis * per_minute
            << " Redis commands, without: " << quiet.postgres * per_minute << " and "
            << quiet.redis * per_minute << '\n';
  EXPECT_GE(beats, kConnections * (kBeats - 1));
  EXPECT_NEAR(busy.postgres, quiet.postgres, kEdges);
  EXPECT_NEAR(busy.redis, quiet.redis, kEdges);
}

}  // namespace
}  // namespace chat::testing
