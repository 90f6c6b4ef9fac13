// How much CPU processes have used: read from /proc, for whole trees of processes, since a database
// works in children of the one that was started.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chat::loadgen {

// What one line of /proc/<pid>/stat says.
struct ProcessStat {
  pid_t pid = 0;
  std::string name;
  pid_t parent = 0;
  // In ticks of the kernel: user and system time of all threads, and of those children that have
  // ended and were waited for.
  std::uint64_t ticks = 0;
};

// Errors: nullopt for what is no such line.
// Source: proc_pid_stat(5).
std::optional<ProcessStat> ParseProcessStat(std::string_view line);

// All processes that can be read at this moment; `proc` is where /proc is.
std::vector<ProcessStat> ReadProcesses(const std::filesystem::path& proc = "/proc");

// The ticks of `root` and of all its descendants. A child that ended between two sums moves from
// its own part to its parent's, so the difference of two sums misses none.
std::uint64_t TicksOfTree(const std::vector<ProcessStat>& processes, pid_t root);

// Since their start.
std::chrono::duration<double> CpuOfTree(pid_t root);

// This process's user and system time since its start, finer than in ticks.
double OwnCpuSeconds();

}  // namespace chat::loadgen
