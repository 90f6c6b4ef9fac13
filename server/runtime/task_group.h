// The only way to start a coroutine: a group counts what it started, can cancel it and wait for it.
// It is not a scheduler, and it does not limit how many run; who spawns on behalf of the network
// does.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <string_view>

#include "server/runtime/asio.h"

namespace chat::runtime {

// Thread: the shard's. Lifetime: longer than its tasks; ending it while one runs is a bug.
class TaskGroup {
 public:
  // `on_failure` hears what a task threw. Being cancelled is no failure.
  TaskGroup(asio::any_io_executor executor, std::function<void(std::string_view what)> on_failure);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void Spawn(asio::awaitable<void> task);

  // Asks every running task to end: its current wait, or the next one, fails with
  // operation_aborted.
  void Cancel();

  // True once no task runs; false when `timeout` comes first. One waiter at a time.
  asio::awaitable<bool> Wait(std::chrono::milliseconds timeout);

  std::size_t size() const { return running_.size(); }

 private:
  using Running = std::list<asio::cancellation_signal>;

  void Finish(Running::iterator task, std::exception_ptr failure);

  asio::any_io_executor executor_;
  std::function<void(std::string_view)> on_failure_;
  Running running_;
  asio::steady_timer idle_;  // cancelled when the last task ends
};

}  // namespace chat::runtime
