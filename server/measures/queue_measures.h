// What there is to say of a bounded queue before some threads, whatever waits in it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "server/measures/histogram.h"

namespace chat {

// A snapshot; the last two count since the start.
struct QueueMeasures {
  std::size_t items = 0;
  std::size_t bytes = 0;  // zero where only items are counted
  std::uint64_t refused = 0;
  Histogram waits{kSecondsBounds};  // of each item, until a thread took it
};

}  // namespace chat
