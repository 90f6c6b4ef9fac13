// The load generator's direct scenario against a real server: small, because it is the generator
// that is tested, and it has to notice what a server breaks.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "tests/harness/child_process.h"
#include "tests/harness/deadline.h"
#include "tests/harness/server_process.h"

namespace chat::testing {
namespace {

// What it printed, up to the last line, and how it ended.
struct Outcome {
  std::string text;
  int exit_code = 0;
};

Outcome RunDirect(const ServerProcess& server, std::vector<std::string> flags) {
  std::vector<std::string> arguments = {"direct", "--server", server.endpoint().ToString(),
                                        "--pairs", "2"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  ChildProcess generator({.program = "loadgen/loadgen",
                          .arguments = arguments,
                          .working_folder = MakeTestFolder("direct"),
                          .log = TestOutputFolder() / "loadgen.log"});
  Outcome outcome;
  std::string line;
  do {
    line = generator.ReadLine(Deadline());
    outcome.text += line + '\n';
  } while (!line.starts_with("refused"));
  outcome.exit_code = generator.ExitCode();
  return outcome;
}

// The number behind `label`.
std::size_t NumberBehind(const std::string& text, const std::string& label) {
  const std::size_t at = text.find(label);
  return at == std::string::npos ? 0 : std::stoul(text.substr(at + label.size()));
}

TEST(DirectLoadTest, AClosedLoopLosesNothing) {
  ServerProcess server({.shards = 2});

  const Outcome outcome =
      RunDirect(server, {"--in-flight", "4", "--seconds", "1", "--warmup-seconds", "0"});

  EXPECT_EQ(outcome.exit_code, 0) << outcome.text;
  EXPECT_GE(NumberBehind(outcome.text, "acks "), 100u) << outcome.text;
  EXPECT_GE(NumberBehind(outcome.text, "delivered "), 100u) << outcome.text;
}

TEST(DirectLoadTest, AnOpenLoopSendsAtItsRate) {
  ServerProcess server;

  const Outcome outcome =
      RunDirect(server, {"--rate", "200", "--seconds", "2", "--warmup-seconds", "0"});

  EXPECT_EQ(outcome.exit_code, 0) << outcome.text;
  // All that was due within two seconds, whatever the machine did meanwhile.
  EXPECT_NEAR(static_cast<double>(NumberBehind(outcome.text, "\nsends ")), 400, 5) << outcome.text;
}

}  // namespace
}  // namespace chat::testing
