// An executor whose closures a test runs by hand, on the test's own thread, in the order posted.
#pragma once

#include <deque>
#include <utility>

#include "server/ports/executor.h"

namespace chat::testing {

// Thread: one. Lifetime: the test's.
class ManualExecutor : public Executor {
 public:
  void Post(Task task) override { tasks_.push_back(std::move(task)); }

  // Runs what was posted, and what that posts in turn.
  void RunAll() {
    while (RunOne()) {
    }
  }

  // False when nothing waits.
  bool RunOne() {
    if (tasks_.empty()) return false;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    task();
    return true;
  }

 private:
  std::deque<Task> tasks_;
};

}  // namespace chat::testing
