// A Redis Cluster is refused at the start, in one line that says so.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/harness/child_process.h"
#include "tests/harness/postgres_server.h"
#include "tests/harness/redis_server.h"

namespace chat::testing {
namespace {

TEST(RedisClusterTest, IsRefusedAtTheStart) {
  const PostgresServer postgres;
  const RedisServer redis({.settings = {"cluster-enabled yes"}, .listens_on_tcp = true});
  const std::filesystem::path folder = MakeTestFolder("refused");
  const std::filesystem::path log = folder / "log";
  ChildProcess server({.program = "server/server",
                       .arguments = {"--listen=127.0.0.1:0", "--admin-listen=off",
                                     "--postgres=" + postgres.url(), "--redis=" + redis.tcp_url()},
                       .working_folder = folder,
                       .log = log});

  EXPECT_EQ(server.ExitCode(), 1);

  std::ifstream file(log);
  const std::string said{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(said.contains("chat-be: --redis: ")) << said;
  EXPECT_TRUE(said.contains("luster")) << said;
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace chat::testing
