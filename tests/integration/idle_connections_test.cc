// Many who say nothing: eighteen thousand are held at once, and their heartbeats cost no operation
// of the store. The server and the load generator are processes of their own, because each of them
// may open no more files than that.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/harness/chat_world.h"
#include "tests/harness/child_process.h"
#include "tests/harness/deadline.h"
#include "tests/harness/metrics_page.h"
#include "tests/harness/person.h"

namespace chat::testing {
namespace {

constexpr std::size_t kManyConnections = 18'000;
constexpr std::size_t kFilesNeeded = kManyConnections + 500;
constexpr std::chrono::minutes kSettlingMax{5};

// What the generator tells of its connections.
class Counts {
 public:
  // "live=3 ended=0"
  explicit Counts(const std::string& line) {
    std::istringstream parts(line);
    std::string part;
    while (parts >> part) {
      const std::size_t equals = part.find('=');
      if (equals != std::string::npos) {
        numbers_[part.substr(0, equals)] = std::stoul(part.substr(equals + 1));
      }
    }
  }

  std::size_t operator[](const std::string& name) const { return numbers_.at(name); }

 private:
  std::map<std::string, std::size_t> numbers_;
};

// The load generator's idle scenario.
class IdleCrowd {
 public:
  IdleCrowd(ChatWorld& world, const std::vector<Person>& people, std::size_t connections)
      : process_({.program = "loadgen/loadgen",
                  .arguments = {"idle", "--server", world.server().endpoint().ToString(),
                                "--connections", std::to_string(connections)},
                  .working_folder = MakeTestFolder("idle"),
                  .log = TestOutputFolder() / "loadgen.log"}) {
    for (const Person& person : people) process_.Write(person.login().access_token() + '\n');
    process_.Write("\n");
  }

  // When all are live, or will never be.
  Counts AwaitSettled() { return Counts(process_.ReadLine(Deadline(kSettlingMax))); }

  // When every connection's heartbeats were answered that often, or one has ended.
  Counts AwaitAnswers(std::size_t answers) {
    process_.Write(std::to_string(answers) + '\n');
    return Counts(process_.ReadLine(Deadline(kSettlingMax)));
  }

  int Leave() {
    process_.CloseInput();
    return process_.ExitCode();
  }

 private:
  ChildProcess process_;
};

// Reads, writes and commits of the store since the server's start.
double StoreOperations(ChatWorld& world) {
  const MetricsPage metrics = world.server().Metrics();
  return metrics.Total("chat_store_reads_total") + metrics.Total("chat_store_writes_total") +
         metrics.Total("chat_store_commits_total");
}

// As many files as this process may have, for the processes that it starts.
rlim_t RaiseFileLimit() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur;
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

  IdleCrowd crowd(world, SomePeople(world), kManyConnections);
  const Counts settled = crowd.AwaitSettled();
  ASSERT_EQ(settled["live"], kManyConnections);
  ASSERT_EQ(settled["ended"], 0u);
  const Counts answered = crowd.AwaitAnswers(2);

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
  ChatWorld world({.shards = 2, .flags = {"--heartbeat-interval-ms=1000", "--log-level=warn"}});
  const std::vector<Person> people = SomePeople(world);
  IdleCrowd crowd(world, people, kConnections);
  ASSERT_EQ(crowd.AwaitSettled()["live"], kConnections);
  const std::size_t settled_beats = crowd.AwaitAnswers(1)["beats_answered"];

  const double before = StoreOperations(world);
  const auto started = std::chrono::steady_clock::now();
  const Counts counts = crowd.AwaitAnswers(1 + kBeats);
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
  EXPECT_EQ(with_heartbeats, without_heartbeats);
}

}  // namespace
}  // namespace chat::testing
