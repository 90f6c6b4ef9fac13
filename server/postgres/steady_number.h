// The moment as a CommitNumber. Stores of several nodes have no count of all commits; instead a
// read says when it ended, and after each check of the log's heads that was made good the node says
// when that check began.
#pragma once

#include <chrono>

#include "server/ports/messages.h"

namespace chat::postgres {

// Nanoseconds of the steady clock: comparable within one process.
inline CommitNumber SteadyNumber(
    std::chrono::steady_clock::time_point time = std::chrono::steady_clock::now()) {
  return static_cast<CommitNumber>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

}  // namespace chat::postgres
