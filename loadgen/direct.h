// The scenario of two who talk: pairs of contacts, each with a conversation of its own, one sends
// and the other hears. It makes its users itself, and measures what an acked message costs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "loadgen/direct_report.h"

namespace chat::loadgen {

struct DirectOptions {
  // Each host:port, the host an IPv4 address. The sender of a pair connects to one, its receiver to
  // the next, so with two of them every message goes from one to the other.
  std::vector<std::string> servers;
  std::size_t pairs = 1;
  std::chrono::seconds seconds{10};
  std::chrono::seconds warmup{2};
  // The closed loop: unacked sends of each sender.
  std::size_t in_flight = 1;
  // The open loop, when it is positive: sends a second, in total.
  double rate = 0;
  // Whose CPU is counted, with all their descendants.
  std::vector<pid_t> server_pids;
};

// Sets up, connects everyone, warms up, measures, waits for what is under way.
//
// Errors: in one line, when it cannot be set up or not everyone gets connected. What the servers
// break of their promises is in the report.
std::expected<DirectReport, std::string> RunDirect(const DirectOptions& options);

}  // namespace chat::loadgen
