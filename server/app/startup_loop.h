// Completions before there are shards: what a port answers runs on the thread that waits for it.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "server/ports/executor.h"
#include "server/runtime/asio.h"

namespace chat::app {

// Thread: RunUntil on one. Lifetime: longer than what was asked to complete here.
class StartupLoop : public Executor {
 public:
  void Post(Task task) override { asio::post(loop_, std::move(task)); }

  // Runs what is posted until `ready` or the deadline; whether it became ready.
  template <typename Ready>
  bool RunUntil(Ready ready, std::chrono::steady_clock::duration deadline) {
    const auto work = asio::make_work_guard(loop_);
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!ready() && loop_.run_one_until(end) > 0) {
    }
    return ready();
  }

 private:
  asio::io_context loop_;
};

}  // namespace chat::app
