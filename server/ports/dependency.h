// Port: whether something outside the process that the server needs can serve now; shown by
// /readyz.
#pragma once

#include <functional>
#include <string>

namespace chat {

struct DependencyState {
  std::string name;
  bool ready = false;
  std::string detail;  // why not, in one sentence; empty when ready
};

// Thread: called on one shard, completes on it.
class Dependency {
 public:
  virtual ~Dependency() = default;

  // Limits: answers within 2 s, ready or not.
  virtual void Check(std::move_only_function<void(DependencyState)> done) = 0;
};

}  // namespace chat
