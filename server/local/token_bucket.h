// Limits how often something may happen: a burst at once, then a steady rate. Whole numbers only,
// so any rate is met exactly however long it runs. What is limited, and what happens to the rest,
// is the caller's.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

#include "protocol/limits.h"
#include "server/core/moment.h"

namespace chat {

// One client's bucket, full at first. It remembers only when it will be full again.
//
// Thread: one at a time. Lifetime: any; `limit` outlives it. Forgetting a full one changes nothing.
class TokenBucket {
 public:
  explicit TokenBucket(const RateLimit& limit) : limit_(&limit) {}
  explicit TokenBucket(RateLimit&&) = delete;

  // Takes one token. Nothing when there was one; otherwise how long until there is, and nothing is
  // taken.
  std::optional<std::chrono::milliseconds> TryTake(Instant now);

  // Takes tokens that were given out already, also those that there are not.
  void Owe(Instant now, std::uint32_t tokens);

  // It is full `wait` after `now` at the earliest.
  void FillNotBefore(Instant now, std::chrono::microseconds wait);

  bool IsFull(Instant now) const;

 private:
  std::int64_t Scaled(Instant now) const;

  const RateLimit* limit_;
  // In milliseconds times `limit.count`: one token is then worth exactly the period, a whole
  // number.
  std::int64_t full_at_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace chat
