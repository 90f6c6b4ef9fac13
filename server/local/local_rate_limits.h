// The rate limits of one process: exact token buckets that all shards share. A node of a cluster
// uses them too, for what it gives out without asking and while Redis does not answer.
#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "protocol/rates.h"
#include "server/core/moment.h"
#include "server/local/rate_key_hash.h"
#include "server/local/token_bucket.h"
#include "server/ports/rate_limits.h"

namespace chat {

// How often each operation was refused since the start.
using RefusedCounts = std::array<std::uint64_t, kRateOperations>;

// Thread: any. Lifetime: outlives the shards' use of it.
// Limits: kBucketsMax buckets; a full one is forgotten, and beyond the limit any one is, which lets
// its owner have another burst.
class LocalRateLimits final : public RateLimits {
 public:
  static constexpr std::size_t kBucketsMax = std::size_t{1} << 19;

  // Without rates nothing is limited. `now` is the time of the buckets; any thread calls it.
  explicit LocalRateLimits(std::optional<Rates> rates, std::function<Instant()> now = SteadyNow);

  RateWait TryTake(const RateKey& key) override;
  void Take(const RateKey& key, Executor& home, Done done) override;

  // Somebody else gave out a token of it.
  void Owe(const RateKey& key);

  // What all nodes gave out of it: at `now` it had that long to go until it is full, besides
  // `tokens` that this node took since.
  void FillNotBefore(const RateKey& key, Instant now, std::chrono::microseconds wait,
                     std::uint32_t tokens);

  // Somebody else refused it.
  void CountRefused(RateOperation operation);

  const std::optional<Rates>& rates() const { return rates_; }
  Instant now() const { return now_(); }
  RefusedCounts refused() const;
  std::size_t bucket_count();

  static Instant SteadyNow();

 private:
  // Few threads want the same one at the same time.
  static constexpr std::size_t kStripes = 16;

  struct Stripe {
    std::mutex mutex;
    boost::unordered_flat_map<RateKey, TokenBucket, RateKeyHash> buckets;  // guarded by mutex
    Instant next_sweep{};                                                  // guarded by mutex
  };

  Stripe& StripeOf(const RateKey& key);
  TokenBucket& BucketOf(Stripe& stripe, const RateKey& key, Instant now);

  const std::optional<Rates> rates_;
  const std::function<Instant()> now_;
  std::array<Stripe, kStripes> stripes_;
  std::array<std::atomic<std::uint64_t>, kRateOperations> refused_{};
};

}  // namespace chat
