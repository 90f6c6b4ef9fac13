#include "server/core/send_limiter.h"

#include "protocol/limits.h"

namespace chat {
namespace {

constexpr std::chrono::seconds kSweepInterval{5};

}  // namespace

std::optional<std::chrono::milliseconds> SendLimiter::TryTake(UserId user, Instant now) {
  const auto [bucket, added] = buckets_.try_emplace(user, kSendRatePerUser);
  return bucket->second.TryTake(now);
}

void SendLimiter::Advance(Instant now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepInterval;
  boost::unordered::erase_if(buckets_,
                             [now](const auto& bucket) { return bucket.second.IsFull(now); });
}

}  // namespace chat
