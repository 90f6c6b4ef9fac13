// The contract of the port RateLimits, run on counts in a real Redis.
#include <gtest/gtest.h>

#include <memory>

#include "server/redis/limited_node.h"
#include "tests/contracts/rate_limits_contract.h"
#include "tests/harness/redis_server.h"

namespace chat::contracts {
namespace {

class RedisPlace final : public LimitedPlace {
 public:
  explicit RedisPlace(const Rates& rates) : node_(loop_, redis_.url(), rates, "one") {}

  RateLimits& limits() override { return node_.limits(); }
  Executor& home() override { return node_.executor(); }
  bool RunUntil(const std::function<bool()>& done) override { return loop_.RunUntil(done); }
  void Pass(std::chrono::milliseconds time) override { loop_.RunFor(time); }

 private:
  testing::RedisServer redis_;
  redis::TestLoop loop_;
  redis::LimitedNode node_;
};

const RateLimitsKind kRedis = {
    "Redis", [](const Rates& rates) { return std::make_unique<RedisPlace>(rates); }};

INSTANTIATE_TEST_SUITE_P(Clustered, RateLimitsContract, ::testing::Values(kRedis),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace chat::contracts
