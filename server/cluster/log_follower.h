// Hands on to this node's shards what the store committed, whichever node wrote it: every batch of
// every lane, in the order of its lane, none left out. Hints say so at once; the log of the store
// is asked once a second how far it is, and read where hints were lost. It knows neither presence
// nor who the nodes are. Used by ClusterNode.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/ids.h"
#include "server/cluster/wire.h"
#include "server/core/moment.h"
#include "server/ports/bus.h"
#include "server/ports/commit_log.h"

namespace chat::cluster {

// Who has to know that something was missed for good.
class TrackSink {
 public:
  virtual ~TrackSink() = default;

  // Batches were committed that are not handed on: the log has forgotten them. All clients of this
  // node have to sync again, after what was handed on until now.
  virtual void LostTrack() = 0;
};

struct FollowerPorts {
  Bus& to_shards;  // reaches the shards only
  CommitLog& log;
  TrackSink& sink;
};

struct FollowerOptions {
  Epoch origin;  // under which this node's own store writes
  std::chrono::milliseconds check_interval{1'000};
  std::chrono::milliseconds check_interval_alone{200};  // while the broadcast is lost
  std::chrono::milliseconds join_wait{2'000};           // for the broadcast, before the first check
  std::chrono::milliseconds log_memory = std::chrono::minutes(8);  // rows live for longer than this
  std::chrono::milliseconds retry_first{200};
  std::chrono::milliseconds retry_max{5'000};
  std::size_t held_max = 2'048;  // batches waiting for an earlier one, over all lanes
  std::size_t lanes_max = 4'096;
  std::size_t reads_max = 8;  // at once
};

struct FollowerCounts {
  std::uint64_t hints_heard = 0;
  std::uint64_t hints_repeated = 0;  // of batches that were handed on before
  std::uint64_t hints_ahead = 0;     // something before them was missing
  std::uint64_t head_checks = 0;
  std::uint64_t head_checks_failed = 0;
  std::uint64_t log_reads = 0;
  std::uint64_t log_reads_failed = 0;
  std::uint64_t batches_handed_on = 0;  // of other nodes
  std::uint64_t batches_read_back = 0;  // of those, from the log
  std::uint64_t times_track_was_lost = 0;
};

// Thread: the cluster's loop. Lifetime: the ClusterNode's; completions that come later than it are
// ignored.
class LogFollower {
 public:
  // The ports outlive it.
  LogFollower(FollowerOptions options, FollowerPorts ports);
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  void Advance(Moment now);

  // This node's own store committed a batch and told the shards.
  void Committed(const CommitBatch& batch);

  void Heard(const Hint& hint);
  void BroadcastJoined();
  void BroadcastLost();

  // Everything that was committed before this is handed on; absent until the log was read once.
  std::optional<Instant> horizon() const { return horizon_; }

  const FollowerCounts& counts() const { return counts_; }

 private:
  struct LaneName {
    Epoch origin;
    std::uint32_t lane = 0;
    friend auto operator<=>(const LaneName&, const LaneName&) = default;
  };

  struct Lane {
    std::uint64_t position = 0;  // the last batch handed on
    bool fresh = true;           // none was, so the log may begin anywhere
    bool own = false;
    std::uint64_t head = 0;    // as the last check saw it
    std::uint64_t wanted = 0;  // the log is to be read up to here
    // What came too early; null is one that the shards have already.
    std::map<std::uint64_t, std::shared_ptr<const CommitBatch>> held;
    std::uint64_t touched = 0;  // the check that had begun last when a hint named the lane
    // The read under way: zero is none.
    std::uint64_t read = 0;
    std::uint64_t read_after = 0;
    std::uint64_t read_wanted = 0;
    std::uint64_t read_head = 0;
    Instant retry_at{};
    std::chrono::milliseconds back_off{};
  };

  // A check of the heads, until all of them are handed on.
  struct Awaited {
    Instant began{};
    std::vector<LogPosition> heads;
  };

  using Batches = std::vector<std::shared_ptr<const CommitBatch>>;
  using Heads = std::vector<LogPosition>;

  static LaneName NameOf(const LogPosition& position) { return {position.origin, position.lane}; }

  void BeginCheck();
  void HeadsRead(const Result<Heads, ReadError>& heads);
  void StartAt(const Heads& heads);
  void Compare(const Heads& heads);
  void ForgetIdle(const Heads& heads);
  bool TooLongAgo() const;
  void Await(const Heads& heads);
  void PublishHorizon();
  bool IsReached(const LogPosition& head) const;

  Lane* FindOrAdd(const LaneName& name);
  void Hold(Lane& lane, std::uint64_t number, std::shared_ptr<const CommitBatch> batch);
  void Pump(const LaneName& name, Lane& lane);
  void Pass(Lane& lane, std::uint64_t number, std::shared_ptr<const CommitBatch> batch);
  void Read(const LaneName& name, Lane& lane);
  void LogRead(const LaneName& name, std::uint64_t read, const Result<Batches, ReadError>& batches);
  bool TakeBatches(Lane& lane, const Batches& batches);
  bool TakeNothing(Lane& lane);
  void DropHeld(Lane& lane, std::uint64_t through);
  void TellLost();

  FollowerOptions options_;
  FollowerPorts ports_;
  std::map<LaneName, Lane> lanes_;
  std::size_t held_count_ = 0;
  std::size_t reads_running_ = 0;
  std::uint64_t last_read_ = 0;
  bool read_later_ = false;  // some lane could not be read when it should have been

  Moment now_{};
  std::optional<Instant> first_turn_;
  bool started_ = false;
  bool joined_ = false;
  bool join_decided_ = false;  // joined, or known not to be
  bool checking_ = false;
  bool urgent_ = false;        // hints were missed before the next check begins
  bool check_urgent_ = false;  // … before the one under way began
  std::uint64_t check_ = 0;
  Moment check_began_{};
  std::optional<Moment> last_good_check_;  // when it began
  Instant next_check_{};

  std::optional<Awaited> awaited_;
  std::optional<Awaited> awaited_next_;
  std::optional<Instant> horizon_;
  FollowerCounts counts_;
  // Completions hold a weak reference to it: they may come after the follower is gone.
  std::shared_ptr<LogFollower*> self_;
};

}  // namespace chat::cluster
