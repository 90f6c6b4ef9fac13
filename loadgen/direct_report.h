// What a run of the direct scenario found, as lines for people and as JSON for scripts.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "loadgen/direct_traffic.h"

namespace chat::loadgen {

// One process with all its descendants.
struct ProcessUse {
  pid_t pid = 0;
  std::string name;
  double cpu_seconds = 0;
};

struct DirectReport {
  std::size_t servers = 0;
  std::size_t pairs = 0;
  // One of the two is set.
  std::size_t in_flight = 0;
  double rate = 0;

  // Within the measured window.
  double seconds = 0;
  std::uint64_t sends = 0;
  std::uint64_t acks = 0;
  std::uint64_t seen = 0;
  DirectLatencies latencies = {};
  std::vector<ProcessUse> processes = {};
  double generator_cpu_seconds = 0;

  // In the whole run.
  std::uint64_t refused = 0;
  std::uint64_t violations = 0;
  std::vector<std::string> first_violations = {};

  double cpu_seconds() const;
  // Zero without acks.
  double cpu_us_per_message() const;
};

std::string ToText(const DirectReport& report);
std::string ToJsonText(const DirectReport& report);

}  // namespace chat::loadgen
