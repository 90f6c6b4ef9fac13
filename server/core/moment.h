// Time as core sees it: a value given from outside. Intervals are measured on `steady`, which never
// jumps; `wall` is only shown to people and stored.
#pragma once

#include <chrono>

#include "protocol/timestamp.h"

namespace chat {

// Names the shard's monotonic time line; it has no Now(), so core cannot read it.
struct ShardTime {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<ShardTime, duration>;
  static constexpr bool is_steady = true;
};

using Instant = ShardTime::time_point;

struct Moment {
  Instant steady;
  UnixTime wall;
};

}  // namespace chat
