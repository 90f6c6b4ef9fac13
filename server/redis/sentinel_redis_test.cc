// The broadcast with real sentinels: the master that they name is used, and the next one after it.

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "server/redis/broadcast.h"
#include "server/redis/test_node.h"
#include "tests/harness/child_process.h"
#include "tests/harness/deadline.h"
#include "tests/harness/redis_server.h"
#include "tests/harness/socket.h"
#include "tests/harness/store_process.h"

namespace chat::redis {
namespace {

using testing::ChildProcess;
using testing::RedisServer;

class SentinelRedisTest : public ::testing::Test {
 protected:
  static std::string WriteSettings(const std::filesystem::path& folder, std::uint16_t port,
                                   std::uint16_t master_port) {
    const std::filesystem::path path = folder / "sentinel.conf";
    std::ofstream file(path);
    file << "bind 127.0.0.1\nport " << port << "\ndir " << folder.string()
         << "\nsentinel monitor the-master 127.0.0.1 " << master_port << " 1"
         << "\nsentinel down-after-milliseconds the-master 300"
         << "\nsentinel failover-timeout the-master 3000\n";
    return path.string();
  }

  std::string Url(const std::string& master) const {
    // Nobody listens on the first one's port.
    return "redis+sentinel://127.0.0.1:" + std::to_string(testing::FindFreePort()) +
           ",127.0.0.1:" + std::to_string(port_) + "/" + master;
  }

  bool SentinelKnowsTheReplica() const {
    testing::Socket socket = testing::Socket::Connect({.port = port_});
    const testing::Deadline deadline;
    socket.Send("SENTINEL REPLICAS the-master\r\nPING\r\n", deadline);
    std::string answer;
    while (!answer.contains("PONG") &&
           socket.Receive(answer, deadline) == testing::ReceiveOutcome::kBytes) {
    }
    // It also says whether it reached it.
    return answer.contains("master-link-status\r\n$2\r\nok");
  }

  RedisServer first_{{.listens_on_tcp = true}};
  RedisServer second_{{.settings = {"replicaof 127.0.0.1 " + std::to_string(first_.port())},
                       .listens_on_tcp = true}};
  const std::filesystem::path folder_ = testing::MakeTestFolder("sentinel");
  const std::uint16_t port_ = testing::FindFreePort();
  ChildProcess sentinel_{{.program = "../redis/bin/redis-sentinel",
                          .arguments = {WriteSettings(folder_, port_, first_.port())},
                          .working_folder = folder_,
                          .log = testing::TestOutputFolder() / "sentinel.log"}};
  TestLoop loop_;
};

TEST_F(SentinelRedisTest, MasterIsFoundAndAfterItsEndTheNextOne) {
  TestNode node(loop_, Url("the-master"));
  ASSERT_TRUE(node.IsJoined()) << node.detail();
  node.broadcast().Say("to the first");
  EXPECT_TRUE(node.HasHeard("to the first"));
  // Without a replica it has nothing to turn to.
  ASSERT_TRUE(loop_.RunUntil([&] { return SentinelKnowsTheReplica(); }));

  first_.Kill();

  EXPECT_TRUE(node.WasLost());
  EXPECT_TRUE(node.IsJoined()) << node.detail();
  node.broadcast().Say("to the second");
  EXPECT_TRUE(node.HasHeard("to the second"));
  EXPECT_TRUE(second_.Command({"ROLE"}).starts_with("master"));
}

TEST_F(SentinelRedisTest, UnknownMasterIsSaid) {
  TestNode node(loop_, Url("nobody"));
  EXPECT_TRUE(loop_.RunUntil([&] {
    return node.detail().ends_with(": it does not know a master of the given name.");
  })) << node.detail();
}

TEST_F(SentinelRedisTest, SentinelIsNoRedis) {
  TestNode node(loop_, "redis://127.0.0.1:" + std::to_string(port_));
  EXPECT_TRUE(loop_.RunUntil([&] { return node.detail().contains("it is a sentinel"); }))
      << node.detail();
}

}  // namespace
}  // namespace chat::redis
