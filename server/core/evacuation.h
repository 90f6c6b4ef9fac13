// Lets the connections of a shard go one after the other: who is told `go_away` when, and when a
// connection that was told may be closed. Plain decisions on the hub's time; no timer per
// connection.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "server/core/connection_handle.h"
#include "server/core/moment.h"
#include "server/core/roster.h"

namespace chat {

struct EvacuationPace {
  // Over how long clients are told; with few of them it takes kWindowPerConnection for each.
  std::chrono::milliseconds window_max{0};
  // How long one may stay after the moment that `go_away` named, to leave by itself.
  std::chrono::milliseconds stay{0};
};

// Thread: the shard's. Lifetime: the hub's; shorter than `roster`.
class Evacuation {
 public:
  static constexpr std::chrono::milliseconds kWindowPerConnection{10};
  // How long after being told a client waits at most before it connects elsewhere.
  static constexpr std::chrono::milliseconds kReconnectSpreadMax{500};
  // How long a connection whose sends are not answered, or whose frames are not written, is kept
  // beyond its time.
  static constexpr std::chrono::milliseconds kUnsettledMax{2000};

  explicit Evacuation(const Roster& roster) : roster_(roster) {}

  // For all who are connected now; one that goes on is replaced.
  void Begin(EvacuationPace pace, Instant now);

  // Tells the rest at the next Advance, and closes everyone as soon as they are settled.
  void Hurry();

  // Tells those whose moment has come, and closes those whose time is over.
  void Advance(Instant now);

  // Whether everyone left or was told to close.
  bool is_over() const { return next_ == waiting_.size() && told_.empty(); }

 private:
  struct Told {
    ConnectionHandle handle;
    Instant leave_at;
  };

  void TellDue(Instant now);
  void Tell(ConnectionHandle handle, Instant now);
  bool HasLeft(const Told& told, Instant now) const;

  const Roster& roster_;
  EvacuationPace pace_;
  std::chrono::milliseconds window_{0};
  std::chrono::milliseconds spread_{0};
  Instant begin_{};
  Instant next_step_{};
  std::vector<ConnectionHandle> waiting_;  // those before next_ were told
  std::size_t next_ = 0;
  std::vector<Told> told_;  // and still here
};

}  // namespace chat
