// What a store needs done now and then, whoever calls: its clock measured, and rows that served
// their time removed.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/postgres/link.h"
#include "server/postgres/store_clock.h"

namespace chat::postgres {

// Rows of the commit log that are older than 10 minutes, and used tickets that no longer verify.
// In pieces, so that no transaction is long; several nodes do not wait for each other.
//
// Errors: those of pqxx.
void TrimStore(Connection& connection, UnixTime now);

// Thread: its own. Lifetime: Stop, or the destructor, ends it; all that it was given outlives it.
class Upkeep {
 public:
  Upkeep(ConnectOptions connect, StoreClock& clock, Link::Surroundings surroundings);
  ~Upkeep();

  void Stop();

 private:
  void Run();
  void MeasureClock();
  void Trim();

  StoreClock& clock_;
  const Link::Surroundings surroundings_;
  Link link_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace chat::postgres
