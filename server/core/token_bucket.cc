#include "server/core/token_bucket.h"

#include <algorithm>

namespace chat {

std::int64_t TokenBucket::Scaled(Instant now) const {
  return now.time_since_epoch().count() * limit_->count;
}

std::optional<std::chrono::milliseconds> TokenBucket::TryTake(Instant now) {
  const std::int64_t token = std::chrono::milliseconds(limit_->period).count();
  const std::int64_t full_at = std::max(full_at_, Scaled(now)) + token;
  const std::int64_t missing = full_at - Scaled(now) - token * limit_->burst;
  if (missing > 0) return std::chrono::milliseconds((missing + limit_->count - 1) / limit_->count);
  full_at_ = full_at;
  return std::nullopt;
}

bool TokenBucket::IsFull(Instant now) const { return full_at_ <= Scaled(now); }

}  // namespace chat
