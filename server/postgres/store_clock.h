// The store's clock without asking the store: this machine's steady clock and how far the store's
// was from it when it was last asked. All nodes then agree on what time it is.
#pragma once

#include <atomic>
#include <chrono>

#include "protocol/timestamp.h"
#include "server/ports/clock.h"
#include "server/postgres/connection.h"

namespace chat::postgres {

// Thread: Now any; Measure one at a time.
class StoreClock final : public Clock {
 public:
  UnixTime Now() const override;

  // Errors: those of pqxx; the clock goes on as before.
  void Measure(Connection& connection);

 private:
  // Of the store's clock to the steady one.
  std::atomic<std::chrono::microseconds> offset_{std::chrono::microseconds(0)};
};

}  // namespace chat::postgres
