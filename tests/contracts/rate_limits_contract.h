// What every adapter of RateLimits has to do. One joins by instantiating the suite (as
// local_rate_limits_contract_test.cc does).
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "protocol/ids.h"
#include "protocol/rates.h"
#include "server/ports/rate_limits.h"

namespace chat::contracts {

// An adapter and what it lives in.
class LimitedPlace {
 public:
  virtual ~LimitedPlace() = default;

  virtual RateLimits& limits() = 0;
  virtual Executor& home() = 0;
  // Runs what was posted until it holds; false when it does not in time.
  virtual bool RunUntil(const std::function<bool()>& done) = 0;
  // Lets time pass, as the adapter measures it.
  virtual void Pass(std::chrono::milliseconds time) = 0;
};

// A kind of adapter, as the parameter of the suite.
struct RateLimitsKind {
  std::string name;
  std::function<std::unique_ptr<LimitedPlace>(const Rates&)> make;
};

inline void PrintTo(const RateLimitsKind& kind, std::ostream* out) { *out << kind.name; }

class RateLimitsContract : public ::testing::TestWithParam<RateLimitsKind> {
 protected:
  // Slow enough that no token comes while a burst is taken, fast enough to wait for one.
  static Rates TestedRates() {
    Rates rates = kDefaultRates;
    rates[std::to_underlying(RateOperation::kLoginToAccount)] = {2, std::chrono::seconds(1), 5};
    rates[std::to_underlying(RateOperation::kSend)] = {2, std::chrono::seconds(1), 3};
    return rates;
  }

  RateWait Take(const RateKey& key) {
    std::optional<RateWait> answer;
    place_->limits().Take(key, place_->home(), [&](RateWait wait) { answer = wait; });
    EXPECT_TRUE(place_->RunUntil([&] { return answer.has_value(); }));
    return answer.value_or(RateWait());
  }

  RateWait TryTake(const RateKey& key) { return place_->limits().TryTake(key); }

  std::unique_ptr<LimitedPlace> place_ = GetParam().make(TestedRates());
  const RateKey login_ = RateKey::OfUser(RateOperation::kLoginToAccount, UserId(1));
  const RateKey send_ = RateKey::OfUser(RateOperation::kSend, UserId(1));
};

}  // namespace chat::contracts
