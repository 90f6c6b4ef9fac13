#include "server/local/token_bucket.h"

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

void TokenBucket::Owe(Instant now, std::uint32_t tokens) {
  const std::int64_t token = std::chrono::milliseconds(limit_->period).count();
  full_at_ = std::max(full_at_, Scaled(now)) + token * tokens;
}

void TokenBucket::FillNotBefore(Instant now, std::chrono::microseconds wait) {
  constexpr std::int64_t kMicrosecondsPerMillisecond = 1000;
  const std::int64_t scaled_wait = wait.count() * limit_->count / kMicrosecondsPerMillisecond;
  full_at_ = std::max(full_at_, Scaled(now) + scaled_wait);
}

bool TokenBucket::IsFull(Instant now) const { return full_at_ <= Scaled(now); }

}  // namespace chat
