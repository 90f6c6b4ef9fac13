// Finds the connections whose session has ended without a word: it expired, or somebody disabled
// its user in the store itself. What is revoked is told by the bus at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "protocol/ids.h"
#include "server/core/connection.h"
#include "server/core/connection_handle.h"
#include "server/core/moment.h"
#include "server/core/roster.h"
#include "server/ports/sessions.h"

namespace chat {

// Thread: the shard's. Lifetime: the hub's; an answer that comes later than it is ignored.
// Limits: one question under way. What the store does not answer is asked again by the next round.
class SessionSweep {
 public:
  static constexpr std::chrono::minutes kPeriod{5};
  static constexpr std::size_t kAskedAtOnceMax = 500;

  using End = std::function<void(Connection&)>;

  // `end` is called with each connection that has to end.
  SessionSweep(EndedSessions& sessions, const Roster& roster, Instant start, End end);
  SessionSweep(const SessionSweep&) = delete;
  SessionSweep& operator=(const SessionSweep&) = delete;

  // Asks about the next connections of this round, or begins another round when it is time.
  void Advance(Instant now);

 private:
  std::vector<SessionId> TakeNext();
  void Answered(const std::vector<SessionId>& ended);

  EndedSessions& sessions_;
  const Roster& roster_;
  End end_;
  Instant next_round_;
  std::vector<ConnectionHandle> waiting_;  // of this round, not asked about yet
  std::vector<ConnectionHandle> asked_;    // and not answered
  // Completions hold a weak reference to it: they may come after the hub is gone.
  std::shared_ptr<SessionSweep*> self_;
};

}  // namespace chat
