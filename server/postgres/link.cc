#include "server/postgres/link.h"

#include <algorithm>

namespace chat::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstPause{10};
constexpr milliseconds kLongestPause{200};

// One try must not use up the time of all: a frozen server may be back for the next.
constexpr milliseconds kConnectMax{1000};

}  // namespace

Connection& Link::Connect(SteadyTime deadline) {
  while (connection_ == nullptr) {
    Pause(deadline);
    if (steady_clock::now() >= deadline) {
      throw pqxx::broken_connection("PostgreSQL cannot be reached in time");
    }
    if (!TryConnect(std::min(deadline, DeadlineAfter(kConnectMax)))) {
      pause_ = std::clamp(2 * pause_, kFirstPause, kLongestPause);
    }
  }
  return *connection_;
}

bool Link::TryConnect(SteadyTime deadline) {
  try {
    connection_ = Connection::Open(options_, deadline);
  } catch (const std::exception& error) {
    surroundings_.health.Fail(error.what());
    return false;
  }
  pause_ = milliseconds(0);
  if (connected_before_) ++surroundings_.health.reconnects;
  connected_before_ = true;
  return true;
}

void Link::Pause(SteadyTime deadline) {
  if (pause_ == milliseconds(0)) return;
  if (!surroundings_.watchdog.Pause(std::min(deadline, DeadlineAfter(pause_)))) {
    throw ServerStops();
  }
}

// A connection that breaks at once each time must not be made in a tight loop.
void Link::Drop(const std::exception& why) {
  surroundings_.health.Fail(why.what());
  connection_.reset();
  pause_ = kFirstPause;
}

bool IsConflict(const pqxx::sql_error& error) {
  return error.sqlstate() == "40001" || error.sqlstate() == "40P01";
}

bool IsLockTimeout(const pqxx::sql_error& error) { return error.sqlstate() == "55P03"; }

}  // namespace chat::postgres
