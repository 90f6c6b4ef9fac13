// Passwords that the server is started with: who looks at the machine or at the log does not see
// them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/harness/child_process.h"
#include "tests/harness/deadline.h"

namespace chat::testing {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(SecretsTest, ThePasswordsOfUrlsAreSeenNeitherInTheCommandLineNorInTheLog) {
  const std::filesystem::path folder = MakeTestFolder("secrets");
  const std::filesystem::path log = folder / "log";
  // Nobody answers there, so the server keeps trying and says so.
  ChildProcess server({.program = "server/server",
                       .arguments = {"--postgres=postgres://chat:s3cr3t@127.0.0.1:1/chat",
                                     "--redis", "redis://:s3cr3t@127.0.0.1:1/0"},
                       .working_folder = folder,
                       .log = log});

  for (const Deadline deadline; !ReadFile(log).contains("postgres_unreachable");) {
    ASSERT_FALSE(deadline.passed()) << ReadFile(log);
  }

  const std::string command = ReadFile("/proc/" + std::to_string(server.pid()) + "/cmdline");
  EXPECT_TRUE(command.contains("--postgres")) << command;
  EXPECT_FALSE(command.contains("s3cr3t")) << command;
  server.Kill();
  EXPECT_FALSE(ReadFile(log).contains("s3cr3t")) << ReadFile(log);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace chat::testing
