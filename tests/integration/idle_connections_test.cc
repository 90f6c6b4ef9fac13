// Many who say nothing: eighteen thousand are held at once, and their heartbeats cost no operation
// of the store. The server and the load generator are processes of their own, because each of them
// may open no more files than that.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

#include "tests/harness/chat_world.h"
#include "tests/harness/deadline.h"
#include "tests/harness/idle_crowd.h"
#include "tests/harness/metrics_page.h"
#include "tests/harness/person.h"

namespace chat::testing {
namespace {

constexpr std::size_t kManyConnections = 18'000;
constexpr std::size_t kFilesNeeded = kManyConnections + 500;

// Reads, writes and commits of the store since the server's start.
double StoreOperations(ChatWorld& world) {
  const MetricsPage metrics = world.server().Metrics();
  return metrics.Total("chat_store_reads_total") + metrics.Total("chat_store_writes_total") +
         metrics.Total("chat_store_commits_total");
}

class IdleConnectionsTest : public ::testing::Test {
 protected:
  // Hashing passwords of thousands would take minutes: a few people are connected very often.
  static std::vector<Person> SomePeople(ChatWorld& world) {
    std::vector<Person> people;
    for (const char* name : {"alice", "bob", "carol", "dave"})
      people.push_back(world.Arrives(name));
    return people;
  }
};

TEST_F(IdleConnectionsTest, EighteenThousandAreHeldAndAnswered) {
  ASSERT_GE(RaiseFileLimit(), kFilesNeeded) << "this machine allows too few open files";
  ChatWorld world({.shards = 2, .flags = {"--log-level=warn"}});
  const std::size_t empty_bytes = world.server().resident_bytes();

  IdleCrowd crowd(world.server().endpoint(), SomePeople(world), kManyConnections);
  const CrowdCounts settled = crowd.AwaitSettled();
  ASSERT_EQ(settled["live"], kManyConnections);
  ASSERT_EQ(settled["ended"], 0u);
  const CrowdCounts answered = crowd.AwaitAnswers(2);

  EXPECT_EQ(answered["live"], kManyConnections);
  EXPECT_EQ(answered["ended"], 0u);
  EXPECT_GE(answered["fewest_answered"], 2u);
  EXPECT_EQ(world.server().Metrics().Total("chat_connections"), kManyConnections);
  const std::size_t bytes = world.server().resident_bytes() - empty_bytes;
  std::cout << "resident memory a connection: " << bytes / kManyConnections << " bytes\n";
  EXPECT_EQ(crowd.Leave(), 0);
}

TEST_F(IdleConnectionsTest, HeartbeatsCostNoStoreOperations) {
  constexpr std::size_t kConnections = 2'000;
  constexpr std::size_t kBeats = 6;
  constexpr int kShards = 2;
  ChatWorld world(
      {.shards = kShards, .flags = {"--heartbeat-interval-ms=1000", "--log-level=warn"}});
  const std::vector<Person> people = SomePeople(world);
  IdleCrowd crowd(world.server().endpoint(), people, kConnections);
  ASSERT_EQ(crowd.AwaitSettled()["live"], kConnections);
  const std::size_t settled_beats = crowd.AwaitAnswers(1)["beats_answered"];

  const double before = StoreOperations(world);
  const auto started = std::chrono::steady_clock::now();
  const CrowdCounts counts = crowd.AwaitAnswers(1 + kBeats);
  const auto window = std::chrono::steady_clock::now() - started;
  const double with_heartbeats = StoreOperations(world) - before;
  ASSERT_EQ(crowd.Leave(), 0);

  // The same time with nobody there, once the last connection is gone.
  const Deadline deadline;
  while (world.server().Metrics().Total("chat_connections") > 0) {
    ASSERT_FALSE(deadline.passed()) << "the generator's connections are still counted";
  }
  const double quiet_before = StoreOperations(world);
  EXPECT_THROW((void)world.server().ReadLine(
                   Deadline(std::chrono::duration_cast<std::chrono::milliseconds>(window))),
               Surprise);
  const double without_heartbeats = StoreOperations(world) - quiet_before;

  const std::size_t beats = counts["beats_answered"] - settled_beats;
  std::cout << beats << " heartbeats; store operations with them: " << with_heartbeats
            << ", without: " << without_heartbeats << '\n';
  EXPECT_GE(beats, kConnections * (kBeats - 1));
  // Each shard reads the keys on a clock, so once more in one window than in the other at most.
  EXPECT_NEAR(with_heartbeats, without_heartbeats, kShards);
}

}  // namespace
}  // namespace chat::testing
