#include "loadgen/process_cpu.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

namespace chat::loadgen {
namespace {

template <typename Number>
std::optional<Number> ToNumber(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool IsNumber(const std::string& name) {
  return std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// Empty when the process has ended: before the file was opened, or between that and the read, which
// a stream's buffer would throw for and getline does not.
std::string ReadStatLine(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line, '\0');
  return line;
}

}  // namespace

std::optional<ProcessStat> ParseProcessStat(std::string_view line) {
  // The name stands in parentheses and may hold any byte, parentheses and blanks too.
  const std::size_t open = line.find(" (");
  const std::size_t close = line.rfind(") ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;
  }
  const auto pid = ToNumber<pid_t>(line.substr(0, open));
  std::istringstream rest{std::string(line.substr(close + 2))};
  const std::vector<std::string> fields{std::istream_iterator<std::string>(rest), {}};
  // Behind the name: state, parent, and from the twelfth on utime, stime, cutime, cstime.
  constexpr std::size_t kParent = 1;
  constexpr std::size_t kFirstTime = 11;
  constexpr std::size_t kTimes = 4;
  if (!pid || fields.size() < kFirstTime + kTimes) return std::nullopt;
  const auto parent = ToNumber<pid_t>(fields[kParent]);
  if (!parent) return std::nullopt;
  ProcessStat stat{.pid = *pid,
                   .name = std::string(line.substr(open + 2, close - open - 2)),
                   .parent = *parent,
                   .ticks = 0};
  for (std::size_t i = kFirstTime; i < kFirstTime + kTimes; ++i) {
    const auto ticks = ToNumber<std::uint64_t>(fields[i]);
    if (!ticks) return std::nullopt;
    stat.ticks += *ticks;
  }
  return stat;
}

std::vector<ProcessStat> ReadProcesses(const std::filesystem::path& proc) {
  std::vector<ProcessStat> processes;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(proc, ignored)) {
    if (!IsNumber(entry.path().filename().string())) continue;
    // One that has ended meanwhile reads as nothing.
    if (auto stat = ParseProcessStat(ReadStatLine(entry.path() / "stat"))) {
      processes.push_back(*std::move(stat));
    }
  }
  return processes;
}

std::uint64_t TicksOfTree(const std::vector<ProcessStat>& processes, pid_t root) {
  std::uint64_t ticks = 0;
  for (const ProcessStat& process : processes) {
    if (process.pid == root) ticks += process.ticks;
    if (process.parent == root) ticks += TicksOfTree(processes, process.pid);
  }
  return ticks;
}

std::chrono::duration<double> CpuOfTree(pid_t root) {
  const auto ticks = static_cast<double>(TicksOfTree(ReadProcesses(), root));
  return std::chrono::duration<double>(ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

double OwnCpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace chat::loadgen
