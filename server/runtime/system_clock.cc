#include "server/runtime/system_clock.h"

#include <chrono>

namespace chat::runtime {

UnixTime SystemClock::Now() const {
  return std::chrono::time_point_cast<UnixTime::duration>(std::chrono::system_clock::now());
}

}  // namespace chat::runtime
