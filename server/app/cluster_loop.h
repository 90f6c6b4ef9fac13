// The thread on which a node speaks to the other nodes. The cluster's logic has no thread, clock or
// socket of its own: this gives it turns, hands it what the bus says, and shows how it stands.
// ClusteredBackend brings the adapters that it works with.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "protocol/ids.h"
#include "server/cluster/cluster_node.h"
#include "server/ports/broadcast.h"
#include "server/ports/bus.h"
#include "server/ports/clock.h"
#include "server/ports/commit_log.h"
#include "server/ports/executor.h"
#include "server/ports/nodes.h"
#include "server/runtime/asio.h"
#include "server/runtime/shard.h"

namespace chat::app {

// How the node stood at the end of a turn of the loop.
struct ClusterReport {
  std::chrono::steady_clock::time_point at{};
  cluster::ClusterState state;
  cluster::ClusterCounts counts;
};

// All complete on the loop's executor.
struct ClusterAdapters {
  Bus& to_shards;  // reaches the shards only
  std::unique_ptr<CommitLog> log;
  std::unique_ptr<Nodes> nodes;
  Broadcast& broadcast;
  std::function<void()> after_turn = [] {};  // on the loop's thread
};

// Thread: made, started and stopped by one; report() and executor() by any. Lifetime: longer than
// those that were given its executor; `clock` outlives it.
class ClusterLoop final : public BroadcastListener, private cluster::TrackSink {
 public:
  explicit ClusterLoop(const Clock& clock);
  ~ClusterLoop() override;

  Executor& executor() { return loop_; }
  asio::io_context& io_context() { return loop_.io_context(); }

  // Takes its place among the nodes. `origin` is the epoch under which this node's store writes.
  // `on_lost_track` is called on the loop's thread.
  void Start(ClusterAdapters adapters, Epoch origin, std::function<void()> on_lost_track);

  // What the shards and the store of this node published. On the executor.
  void Handle(const BusMessage& message);

  // Hands all that was published before to the broadcast, and ends the thread.
  void Stop();

  ClusterReport report() const;

  // Of the broadcast, on the loop's thread.
  void Heard(std::string_view message) override;
  void Joined() override;
  void Lost() override;

 private:
  void LostTrack() override;
  void EndTurn();
  void ScheduleTick();

  runtime::Shard loop_;
  std::optional<ClusterAdapters> adapters_;
  std::optional<cluster::ClusterNode> node_;
  std::function<void()> on_lost_track_;
  asio::steady_timer tick_;

  mutable std::mutex mutex_;
  ClusterReport report_;  // guarded by mutex_
};

}  // namespace chat::app
