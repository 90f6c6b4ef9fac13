// Thousands of clients that are only there: the load generator's idle scenario as a process of its
// own, steered by a test. Whoever uses it names //loadgen in `data`.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "tests/harness/child_process.h"
#include "tests/harness/person.h"
#include "tests/harness/socket.h"

namespace chat::testing {

// What the generator tells of its connections, by name.
class CrowdCounts {
 public:
  // "live=3 ended=0"
  explicit CrowdCounts(const std::string& line);

  std::size_t operator[](const std::string& name) const { return numbers_.at(name); }

 private:
  std::map<std::string, std::size_t> numbers_;
};

// Thread: one. Lifetime: its end kills the generator.
class IdleCrowd {
 public:
  // The connections are those of `people`, in turn.
  IdleCrowd(const Endpoint& server, const std::vector<Person>& people, std::size_t connections);

  // When all are live, or will never be.
  CrowdCounts AwaitSettled();
  // When every connection's heartbeats were answered that often, or one has ended.
  CrowdCounts AwaitAnswers(std::size_t answers);
  // Closes all connections; the generator's exit code.
  int Leave();

 private:
  ChildProcess process_;
};

// Allows this process, and those that it starts, as many open files as the system permits. How
// many.
std::size_t RaiseFileLimit();

}  // namespace chat::testing
