// What a node learns by saying something to itself through Redis: whether what is said is heard,
// and how long it is on its way.
#pragma once

#include <chrono>
#include <cstdint>

#include "server/measures/histogram.h"

namespace chat::redis {

// Since the start and over all sessions.
struct CanaryMeasures {
  std::uint64_t said = 0;
  std::uint64_t heard = 0;
  // Times that Redis took what was said and let nobody hear it, without an error.
  std::uint64_t silences = 0;
  Histogram round_trips{kSecondsBounds};
  std::chrono::steady_clock::time_point heard_at{};  // the last one
};

}  // namespace chat::redis
