#include "loadgen/process_cpu.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace chat::loadgen {
namespace {

// utime 12, stime 30, cutime 500, cstime 7000.
constexpr std::string_view kBehindName =
    " S 41 42 42 0 -1 4194560 1 2 3 4 12 30 500 7000 20 0 1 0 100 2000 300 18446744073709551615\n";

TEST(ProcessCpuTest, ReadsALine) {
  const auto stat = ParseProcessStat("42 (postgres)" + std::string(kBehindName));

  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, 42);
  EXPECT_EQ(stat->name, "postgres");
  EXPECT_EQ(stat->parent, 41);
  EXPECT_EQ(stat->ticks, 7542u);
}

TEST(ProcessCpuTest, ReadsNamesWithBlanksAndParentheses) {
  const auto stat = ParseProcessStat("42 (a) S (b 9)" + std::string(kBehindName));

  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->name, "a) S (b 9");
  EXPECT_EQ(stat->parent, 41);
}

TEST(ProcessCpuTest, RefusesWhatIsNoSuchLine) {
  for (const char* line : {"", "42", "42 (x)", "42 (x) S 1 2 3", "x (x) S 41", ") ("}) {
    EXPECT_FALSE(ParseProcessStat(line)) << line;
  }
}

TEST(ProcessCpuTest, AddsUpATree) {
  const std::vector<ProcessStat> processes = {
      {.pid = 1, .name = "init", .parent = 0, .ticks = 1},
      {.pid = 10, .name = "postmaster", .parent = 1, .ticks = 10},
      {.pid = 12, .name = "grandchild", .parent = 11, .ticks = 1000},
      {.pid = 11, .name = "backend", .parent = 10, .ticks = 100},
      {.pid = 20, .name = "stranger", .parent = 1, .ticks = 10'000},
  };

  EXPECT_EQ(TicksOfTree(processes, 10), 1110u);
  EXPECT_EQ(TicksOfTree(processes, 20), 10'000u);
  EXPECT_EQ(TicksOfTree(processes, 99), 0u);
}

// A process can end between the opening of its file and the read, which then fails; a folder in the
// file's place fails in the same way.
TEST(ProcessCpuTest, LeavesOutWhatCannotBeRead) {
  const std::filesystem::path proc = ::testing::TempDir() + "proc";
  std::filesystem::create_directories(proc / "7" / "stat");
  std::filesystem::create_directories(proc / "42");
  std::ofstream(proc / "42" / "stat") << "42 (postgres)" << kBehindName;

  const std::vector<ProcessStat> processes = ReadProcesses(proc);

  ASSERT_EQ(processes.size(), 1u);
  EXPECT_EQ(processes.front().pid, 42);
}

TEST(ProcessCpuTest, CountsAChildWhileItLivesAndAfterItEnded) {
  const auto before = CpuOfTree(::getpid());
  const pid_t child = ::fork();
  if (child == 0) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < end) {
      if (CpuOfTree(::getpid()).count() > 0.05) ::_exit(0);
    }
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
  EXPECT_GT((CpuOfTree(::getpid()) - before).count(), 0.03);
}

}  // namespace
}  // namespace chat::loadgen
