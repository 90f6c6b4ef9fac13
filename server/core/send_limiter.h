// How fast each user of this shard may send: one token bucket a user, kept only while it is not
// full.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstddef>
#include <optional>

#include "protocol/ids.h"
#include "server/core/moment.h"
#include "server/core/token_bucket.h"

namespace chat {

// Thread: the shard's. Lifetime: the hub's.
// Limits: at most one bucket for each user who sent within the time a bucket needs to fill.
class SendLimiter {
 public:
  // Nothing when the user may send now; else after how long.
  std::optional<std::chrono::milliseconds> TryTake(UserId user, Instant now);

  // Forgets the buckets that are full again. Cheap to call often: it works every few seconds only.
  void Advance(Instant now);

  std::size_t size() const { return buckets_.size(); }

 private:
  boost::unordered_flat_map<UserId, TokenBucket, std::hash<UserId>> buckets_;
  Instant next_sweep_{};
};

}  // namespace chat
