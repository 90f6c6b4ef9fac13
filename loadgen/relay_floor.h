// The network floor of a message that is acked and delivered: a bare relay in a process of its own,
// driven by pairs of bare clients in this one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace chat::loadgen {

struct RelayFloorOptions {
  std::size_t pairs = 1;
  std::size_t in_flight = 1;
  std::chrono::seconds seconds{10};
  std::chrono::seconds warmup{1};
  // Where the relay runs; anywhere when absent.
  std::optional<int> server_cpu = {};
};

struct RelayFloorReport {
  double seconds = 0;
  std::uint64_t acks = 0;
  std::uint64_t deliveries = 0;
  double server_cpu_seconds = 0;
};

// Errors: in one line, when a message was lost, came twice or out of order, or the relay failed.
std::expected<RelayFloorReport, std::string> RunRelayFloor(const RelayFloorOptions& options);

}  // namespace chat::loadgen
