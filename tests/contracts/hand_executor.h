// An executor whose tasks run when a test says so, on the test's own thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

#include "server/ports/executor.h"

namespace chat::contracts {

// Thread: Post any; the rest the test's.
class HandExecutor final : public Executor {
 public:
  void Post(Task task) override;

  // Runs tasks, waiting for more of them, until `done` holds. False when it still does not after
  // half a minute, which only a task that never comes can cause.
  bool RunUntil(const std::function<bool()>& done);

  // Waits until `count` tasks wait to be run, without running them.
  bool WaitForTasks(std::size_t count);

 private:
  bool RunNext();

  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Task> tasks_;
};

}  // namespace chat::contracts
