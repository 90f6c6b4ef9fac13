// A node for tests of the rate limits: connected to a Redis, on a loop that the test runs.
#pragma once

#include <boost/asio/post.hpp>
#include <string>
#include <utility>

#include "protocol/rates.h"
#include "server/local/local_rate_limits.h"
#include "server/ports/executor.h"
#include "server/redis/rate_limits.h"
#include "server/redis/test_node.h"

namespace chat::redis {

// Runs what is posted on the test's loop, which stands for the cluster's and for a shard.
class LoopExecutor final : public Executor {
 public:
  explicit LoopExecutor(TestLoop& loop) : loop_(loop) {}
  void Post(Task task) override;

 private:
  TestLoop& loop_;
};

// Thread: the test's. Lifetime: shorter than its loop.
class LimitedNode {
 public:
  // Returns when it is connected, or when it could not be in time.
  LimitedNode(TestLoop& loop, const std::string& url, const Rates& rates, std::string name);

  // Asks, and runs the loop until the answer.
  RateWait Take(const RateKey& key);
  RateWait TryTake(const RateKey& key) { return limits_.TryTake(key); }

  TestNode& node() { return node_; }
  RateLimits& limits() { return limits_; }
  LoopExecutor& executor() { return executor_; }

 private:
  TestLoop& loop_;
  LoopExecutor executor_;
  TestNode node_;
  LocalRateLimits local_;
  RateLimits limits_;
};

}  // namespace chat::redis
