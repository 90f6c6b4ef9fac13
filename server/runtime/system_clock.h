// The machine's wall clock as the Clock port. Intervals are never measured with it.
#pragma once

#include "protocol/timestamp.h"
#include "server/ports/clock.h"

namespace chat::runtime {

// Thread: safe from any thread.
class SystemClock final : public Clock {
 public:
  UnixTime Now() const override;
};

}  // namespace chat::runtime
