#include "server/redis/rate_limits.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <boost/system/error_code.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace chat::redis {
namespace {

bool IsScriptUnknown(const redisReply& reply) {
  return reply.type == REDIS_REPLY_ERROR &&
         std::string_view(reply.str, reply.len).starts_with("NOSCRIPT");
}

}  // namespace

RateLimits::RateLimits(RateLimitsParts parts)
    : parts_(std::move(parts)), deadline_timer_(parts_.timers), charge_timer_(parts_.timers) {}

TokenCommand RateLimits::CommandFor(const RateKey& key) const {
  return {parts_.key_prefix, parts_.node, key, RateOf(*parts_.local.rates(), key.operation)};
}

void RateLimits::Take(const RateKey& key, Executor& home, Done done) {
  parts_.loop.Post([this, key, &home, done = std::move(done)]() mutable {
    Ask({.key = key,
         .home = &home,
         .done = std::move(done),
         .deadline = std::chrono::steady_clock::now() + kAnswerDeadline});
  });
}

void RateLimits::Ask(Question question) {
  const RateKey key = question.key;
  const std::uint64_t number = ++last_question_;
  const bool may_ask = std::chrono::steady_clock::now() >= rests_until_ &&
                       questions_.size() < kQuestionsMax && AskByDigest(number, key);
  if (!may_ask) return AnswerLocally(std::move(question));
  questions_.emplace(number, std::move(question));
  WatchDeadlines();
}

// The reply comes later, so the question is among the others by then.
bool RateLimits::AskByDigest(std::uint64_t number, const RateKey& key) {
  const TokenCommand command = CommandFor(key).With(TokenCall::TakeOne());
  return parts_.redis.Ask(command.ByDigest(),
                          [this, number, watch = lifetime_.watch()](const redisReply& reply) {
                            if (!watch.is_over()) Answer(number, reply);
                          });
}

void RateLimits::Answer(std::uint64_t number, const redisReply& reply) {
  const auto found = questions_.find(number);
  if (found == questions_.end()) return;  // too late
  if (IsScriptUnknown(reply)) {
    // Once: this teaches it.
    const TokenCommand command = CommandFor(found->second.key).With(TokenCall::TakeOne());
    parts_.redis.Ask(command.WithScript(),
                     [this, number, watch = lifetime_.watch()](const redisReply& again) {
                       if (!watch.is_over() && !IsScriptUnknown(again)) Answer(number, again);
                     });
    return;
  }
  Question question = std::move(found->second);
  questions_.erase(found);
  if (reply.type != REDIS_REPLY_INTEGER || reply.integer < 0) {
    rests_until_ = std::chrono::steady_clock::now() + kRest;
    return AnswerLocally(std::move(question));
  }
  if (reply.integer == 0) {
    // So that the node goes on from here when it is left alone.
    parts_.local.Owe(question.key);
    return Finish(std::move(question), std::nullopt);
  }
  parts_.local.CountRefused(question.key.operation);
  Finish(std::move(question),
         std::chrono::ceil<std::chrono::milliseconds>(std::chrono::microseconds(reply.integer)));
}

void RateLimits::AnswerLocally(Question question) {
  const RateWait wait = parts_.local.TryTake(question.key);
  Finish(std::move(question), wait);
}

void RateLimits::Finish(Question question, RateWait wait) {
  question.home->Post([done = std::move(question.done), wait]() mutable { done(wait); });
}

void RateLimits::WatchDeadlines() {
  if (is_watching_ || questions_.empty()) return;
  is_watching_ = true;
  deadline_timer_.expires_at(questions_.begin()->second.deadline);
  deadline_timer_.async_wait(
      [this, watch = lifetime_.watch()](const boost::system::error_code& error) {
        if (error || watch.is_over()) return;
        is_watching_ = false;
        EndLateQuestions();
        WatchDeadlines();
      });
}

void RateLimits::EndLateQuestions() {
  const Time now = std::chrono::steady_clock::now();
  while (!questions_.empty() && questions_.begin()->second.deadline <= now) {
    rests_until_ = now + kRest;
    Question question = std::move(questions_.begin()->second);
    questions_.erase(questions_.begin());
    AnswerLocally(std::move(question));
  }
}

RateWait RateLimits::TryTake(const RateKey& key) {
  if (const RateWait wait = parts_.local.TryTake(key)) return wait;
  {
    const std::lock_guard lock(mutex_);
    if (uncharged_.size() >= kUnchargedMax) return std::nullopt;
    const auto [given, added] = uncharged_.try_emplace(key);
    if (added) given->second.since = parts_.local.now();
    ++given->second.tokens;
    if (std::exchange(is_charge_planned_, true)) return std::nullopt;
  }
  parts_.loop.Post([this] { WaitToCharge(); });
  return std::nullopt;
}

void RateLimits::WaitToCharge() {
  charge_timer_.expires_after(kChargeInterval);
  charge_timer_.async_wait(
      [this, watch = lifetime_.watch()](const boost::system::error_code& error) {
        if (!error && !watch.is_over()) ChargeAll();
      });
}

void RateLimits::ChargeAll() {
  GivenOut given;
  {
    const std::lock_guard lock(mutex_);
    given.swap(uncharged_);
    is_charge_planned_ = false;
  }
  if (std::chrono::steady_clock::now() < rests_until_) return;
  for (const auto& [key, what] : given) Charge(key, what);
}

void RateLimits::Charge(const RateKey& key, const Given& given) {
  const Instant now = parts_.local.now();
  const TokenCommand command =
      CommandFor(key).With(TokenCall::Charge{.tokens = given.tokens, .age = now - given.since});
  parts_.redis.Ask(command.ByDigest(), [this, key, given, now,
                                        watch = lifetime_.watch()](const redisReply& reply) {
    if (watch.is_over()) return;
    if (!IsScriptUnknown(reply)) return Charged(key, now, reply);
    const TokenCommand again =
        CommandFor(key).With(TokenCall::Charge{.tokens = given.tokens, .age = now - given.since});
    parts_.redis.Ask(again.WithScript(),
                     [this, key, now, watch = lifetime_.watch()](const redisReply& reply) {
                       if (!watch.is_over()) Charged(key, now, reply);
                     });
  });
}

// What Redis counted is older than its answer; measured from when it was asked, no wait is too
// long.
void RateLimits::Charged(const RateKey& key, Instant at, const redisReply& reply) {
  if (reply.type != REDIS_REPLY_INTEGER || reply.integer < 0) return;
  parts_.local.FillNotBefore(key, at, std::chrono::microseconds(reply.integer), UnchargedOf(key));
}

std::uint32_t RateLimits::UnchargedOf(const RateKey& key) {
  const std::lock_guard lock(mutex_);
  const auto given = uncharged_.find(key);
  return given == uncharged_.end() ? 0 : given->second.tokens;
}

}  // namespace chat::redis
