// The rate limits of all nodes: counted in Redis, and by the node itself while Redis does not
// answer. What happens often is given out at once and charged to the common count a moment later,
// which tells the node what the others gave out; docs/decisions/rate-limits.md has the bounds.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "server/core/moment.h"
#include "server/local/local_rate_limits.h"
#include "server/ports/executor.h"
#include "server/ports/rate_limits.h"
#include "server/redis/broadcast.h"
#include "server/redis/lifetime.h"
#include "server/redis/token_script.h"
#include "server/runtime/asio.h"

namespace chat::redis {

struct RateLimitsParts {
  Executor& loop;                // where `redis` lives
  asio::any_io_executor timers;  // the same loop's
  Broadcast& redis;
  LocalRateLimits& local;  // has rates
  std::string key_prefix;
  std::string node;  // another one for each start of each node; no spaces
};

// Thread: the port's from any; else the loop's. Lifetime: shorter than its parts; ends while the
// loop does not run.
class RateLimits final : public chat::RateLimits {
 public:
  // How long the answer of Redis is waited for, and how long it is left alone after none came.
  static constexpr std::chrono::milliseconds kAnswerDeadline{200};
  static constexpr std::chrono::seconds kRest{1};
  // How long what was given out waits to be charged.
  static constexpr std::chrono::milliseconds kChargeInterval{50};
  // Questions without an answer, and keys not charged yet; beyond, the node decides for itself.
  static constexpr std::size_t kQuestionsMax = 4096;
  static constexpr std::size_t kUnchargedMax = std::size_t{1} << 16;

  explicit RateLimits(RateLimitsParts parts);

  RateWait TryTake(const RateKey& key) override;
  void Take(const RateKey& key, Executor& home, Done done) override;

 private:
  using Time = std::chrono::steady_clock::time_point;

  struct Question {
    RateKey key;
    Executor* home;
    Done done;
    Time deadline;
  };
  // What was given out of one bucket.
  struct Given {
    std::uint32_t tokens = 0;
    Instant since{};
  };
  using GivenOut = boost::unordered_flat_map<RateKey, Given, RateKeyHash>;

  TokenCommand CommandFor(const RateKey& key) const;

  void Ask(Question question);
  bool AskByDigest(std::uint64_t number, const RateKey& key);
  void Answer(std::uint64_t number, const redisReply& reply);
  void AnswerLocally(Question question);
  static void Finish(Question question, RateWait wait);
  void WatchDeadlines();
  void EndLateQuestions();

  void WaitToCharge();
  void ChargeAll();
  void Charge(const RateKey& key, const Given& given);
  void Charged(const RateKey& key, Instant at, const redisReply& reply);
  std::uint32_t UnchargedOf(const RateKey& key);

  RateLimitsParts parts_;
  // In the order of their deadlines.
  std::map<std::uint64_t, Question> questions_;
  std::uint64_t last_question_ = 0;
  Time rests_until_{};
  asio::steady_timer deadline_timer_;
  bool is_watching_ = false;
  asio::steady_timer charge_timer_;

  std::mutex mutex_;
  GivenOut uncharged_;              // guarded by mutex_
  bool is_charge_planned_ = false;  // guarded by mutex_
  Lifetime lifetime_;
};

}  // namespace chat::redis
