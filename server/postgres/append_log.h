// Writes batches of messages under the numbers of one lane, so that a batch whose commit was not
// answered is neither lost nor stored twice, and tells the bus of what was committed.
//
// When the connection breaks in the call, nobody knows whether the batch is in the store. Its row
// in the commit log tells; the same messages are then handed over again, under the same number when
// the row is not there and under the next when it is, and the store finds those it already has.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/bus.h"
#include "server/ports/clock.h"
#include "server/postgres/append.h"
#include "server/postgres/attempts.h"
#include "server/postgres/lease.h"
#include "server/postgres/link.h"

namespace chat::postgres {

// Thread: the lane's. Lifetime: all that it was given outlives it.
class AppendLog {
 public:
  struct Surroundings {
    const Clock& clock;
    Bus& bus;
    Lease& lease;
    Health& health;
    Watchdog& watchdog;
  };

  AppendLog(std::uint32_t lane, ConnectOptions connect, Surroundings surroundings)
      : lane_(lane),
        surroundings_(surroundings),
        link_(std::move(connect), {surroundings.watchdog, surroundings.health}) {}

  // One verdict for each of `messages`, after the bus was told; nothing when the store did not
  // answer by `deadline`. A lock that could not be had in time skips all of them.
  std::optional<std::vector<AppendVerdict>> Store(std::span<const PendingAppend* const> messages,
                                                  LockWait locks, SteadyTime deadline);

 private:
  using Messages = std::span<const PendingAppend* const>;

  // A batch whose commit was not answered, but happened.
  struct Unanswered {
    LogPosition position;
    std::vector<std::int64_t> conversations;
    std::vector<std::int64_t> seqs;
  };

  // What one call of Store has come to know.
  struct Progress {
    Attempts attempts;
    LeaseKey lease;
    std::vector<Unanswered> unanswered;
    std::optional<std::vector<AppendVerdict>> verdicts;
    bool given_up = false;
    std::chrono::steady_clock::duration commit_time{};
  };

  LogPosition position() const { return {epoch_, lane_, next_batch_}; }
  void Attempt(Progress& progress, Messages messages, LockWait locks);
  void TryOnce(Progress& progress, Messages messages, LockWait locks);
  void Refused(Progress& progress, Messages messages, const pqxx::sql_error& error);
  void ReplaceLease(Progress& progress);
  void Settle(Progress& progress, Connection& connection);
  void FollowLease(LeaseKey lease);
  void Publish(const Progress& progress, Messages messages);
  void PublishUnanswered(const Unanswered& unanswered, const Progress& progress, Messages messages);

  const std::uint32_t lane_;
  const Surroundings surroundings_;
  Link link_;
  Epoch epoch_;
  std::uint64_t next_batch_ = 1;
  // Whether `next_batch_` may have been committed without an answer.
  bool in_doubt_ = false;
};

}  // namespace chat::postgres
