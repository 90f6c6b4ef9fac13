#include "server/local/local_rate_limits.h"

#include <chrono>
#include <utility>

namespace chat {
namespace {

constexpr std::chrono::seconds kSweepInterval{5};

}  // namespace

Instant LocalRateLimits::SteadyNow() {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return Instant(std::chrono::duration_cast<Instant::duration>(since_boot));
}

LocalRateLimits::LocalRateLimits(std::optional<Rates> rates, std::function<Instant()> now)
    : rates_(rates), now_(std::move(now)) {}

LocalRateLimits::Stripe& LocalRateLimits::StripeOf(const RateKey& key) {
  // By other bits than the table in it uses first.
  return stripes_[(RateKeyHash()(key) >> 32) % kStripes];
}

TokenBucket& LocalRateLimits::BucketOf(Stripe& stripe, const RateKey& key, Instant now) {
  if (now >= stripe.next_sweep) {
    stripe.next_sweep = now + kSweepInterval;
    boost::unordered::erase_if(stripe.buckets,
                               [now](const auto& bucket) { return bucket.second.IsFull(now); });
  }
  const auto [bucket, added] = stripe.buckets.try_emplace(key, RateOf(*rates_, key.operation));
  if (!added || stripe.buckets.size() <= kBucketsMax / kStripes) return bucket->second;
  auto other = stripe.buckets.begin();
  if (other->first == key) ++other;
  stripe.buckets.erase(other);
  return stripe.buckets.find(key)->second;
}

RateWait LocalRateLimits::TryTake(const RateKey& key) {
  if (!rates_) return std::nullopt;
  const Instant now = now_();
  Stripe& stripe = StripeOf(key);
  RateWait wait;
  {
    const std::lock_guard lock(stripe.mutex);
    wait = BucketOf(stripe, key, now).TryTake(now);
  }
  if (wait) CountRefused(key.operation);
  return wait;
}

void LocalRateLimits::Take(const RateKey& key, Executor&, Done done) { done(TryTake(key)); }

void LocalRateLimits::Owe(const RateKey& key) {
  if (!rates_) return;
  const Instant now = now_();
  Stripe& stripe = StripeOf(key);
  const std::lock_guard lock(stripe.mutex);
  BucketOf(stripe, key, now).Owe(now, 1);
}

void LocalRateLimits::FillNotBefore(const RateKey& key, Instant now, std::chrono::microseconds wait,
                                    std::uint32_t tokens) {
  if (!rates_) return;
  const RateLimit& rate = RateOf(*rates_, key.operation);
  const auto tokens_last = std::chrono::microseconds(rate.period) * tokens / rate.count;
  Stripe& stripe = StripeOf(key);
  const std::lock_guard lock(stripe.mutex);
  BucketOf(stripe, key, now).FillNotBefore(now, wait + tokens_last);
}

void LocalRateLimits::CountRefused(RateOperation operation) {
  refused_[std::to_underlying(operation)].fetch_add(1, std::memory_order_relaxed);
}

RefusedCounts LocalRateLimits::refused() const {
  RefusedCounts counts;
  for (std::size_t i = 0; i < kRateOperations; ++i) {
    counts[i] = refused_[i].load(std::memory_order_relaxed);
  }
  return counts;
}

std::size_t LocalRateLimits::bucket_count() {
  std::size_t count = 0;
  for (Stripe& stripe : stripes_) {
    const std::lock_guard lock(stripe.mutex);
    count += stripe.buckets.size();
  }
  return count;
}

}  // namespace chat
