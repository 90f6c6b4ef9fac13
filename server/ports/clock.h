// Wall-clock time for what is stored: created_at, expiries. Core gets time as a value instead.
#pragma once

#include "protocol/timestamp.h"

namespace chat {

// Thread: safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixTime Now() const = 0;
};

}  // namespace chat
