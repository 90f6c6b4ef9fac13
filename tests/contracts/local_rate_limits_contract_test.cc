// The contract of the port RateLimits, run on the buckets inside one process.
#include <gtest/gtest.h>

#include <memory>

#include "server/core/moment.h"
#include "server/local/local_rate_limits.h"
#include "tests/contracts/rate_limits_contract.h"
#include "tests/harness/manual_executor.h"

namespace chat::contracts {
namespace {

class LocalPlace final : public LimitedPlace {
 public:
  explicit LocalPlace(const Rates& rates) : limits_(rates, [this] { return now_; }) {}

  RateLimits& limits() override { return limits_; }
  Executor& home() override { return home_; }
  bool RunUntil(const std::function<bool()>& done) override {
    home_.RunAll();
    return done();
  }
  void Pass(std::chrono::milliseconds time) override { now_ += time; }

 private:
  Instant now_{};
  testing::ManualExecutor home_;
  LocalRateLimits limits_;
};

const RateLimitsKind kLocal = {
    "Local", [](const Rates& rates) { return std::make_unique<LocalPlace>(rates); }};

INSTANTIATE_TEST_SUITE_P(Embedded, RateLimitsContract, ::testing::Values(kLocal),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace chat::contracts
