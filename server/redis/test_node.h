// A node for tests of the broadcast: a loop that the test runs itself, and nodes on it that keep
// what they hear.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/redis/broadcast.h"
#include "server/redis/recording_listener.h"
#include "server/runtime/asio.h"
#include "tests/harness/deadline.h"

namespace chat::redis {

// Thread: the test's. Lifetime: longer than its nodes.
class TestLoop {
 public:
  // Runs the loop until it holds; false at the deadline.
  bool RunUntil(const std::function<bool()>& condition,
                std::chrono::milliseconds patience = testing::kPatience);

  // Runs the loop for a while in which nothing may happen.
  void RunFor(std::chrono::milliseconds time);

  asio::io_context& io_context() { return io_context_; }

 private:
  asio::io_context io_context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_context_.get_executor()};
};

// Thread: the test's. Lifetime: shorter than its loop.
class TestNode {
 public:
  TestNode(TestLoop& loop, const std::string& url)
      : TestNode(loop, BroadcastOptions{.url = Parse(url), .random = {}}) {}
  // `options` without a random source, which the node has.
  TestNode(TestLoop& loop, BroadcastOptions options);

  static RedisUrl Parse(const std::string& url);

  // Waits until it has joined more often than it was lost, or until the deadline.
  bool IsJoined();
  // Waits until it was lost that often.
  bool WasLost(int times = 1);
  // Waits until it has this state.
  bool Becomes(BroadcastStatus status);
  bool HasHeard(const std::string& message);

  Broadcast& broadcast() { return *broadcast_; }
  const RecordingListener& listener() const { return listener_; }
  const std::string& detail() const { return broadcast_->state().detail; }

 private:
  TestLoop& loop_;
  std::uint32_t last_random_;
  RecordingListener listener_;
  std::unique_ptr<Broadcast> broadcast_;
};

}  // namespace chat::redis
