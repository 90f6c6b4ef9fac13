// One node among nodes, put together: it tells the others what was committed, who is online here
// and what is said in passing, hands on to its shards what the others say, and holds its lease. The
// app runs it on the cluster's loop, feeds it what the local bus says, and asks it whether the node
// may serve.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/cluster/log_follower.h"
#include "server/cluster/node_watch.h"
#include "server/cluster/presence_feed.h"
#include "server/cluster/wire.h"
#include "server/core/moment.h"
#include "server/ports/broadcast.h"
#include "server/ports/bus.h"
#include "server/ports/commit_log.h"
#include "server/ports/nodes.h"

namespace chat::cluster {

struct ClusterPorts {
  Bus& to_shards;  // reaches the shards only, so that nothing said there comes back to Handle
  Broadcast& broadcast;
  CommitLog& log;
  Nodes& nodes;
  TrackSink& track;
};

struct ClusterOptions {
  FollowerOptions follower;  // its `origin` has to be set
  NodeWatchOptions nodes;
  PresenceFeedOptions presence;
  std::chrono::milliseconds lease_fresh{3'000};  // after the last renewal
  std::chrono::milliseconds horizon_fresh{5'000};
};

// How the node stands, as plain values.
struct ClusterState {
  Epoch own;            // zero before the first renewal
  bool joined = false;  // hears the broadcast
  bool lease_fresh = false;
  bool caught_up = false;       // all that was committed until just now is handed on
  bool presence_whole = false;  // nothing is missing of any other node's presence
  std::size_t others = 0;
  std::optional<std::chrono::milliseconds> since_renewal;
  std::optional<std::chrono::milliseconds> behind;  // the age of what is surely handed on

  // Without the broadcast a node is slower and serves; without the store it does not.
  bool ready() const { return lease_fresh && caught_up; }
};

struct ClusterCounts {
  std::uint64_t hints_said = 0;
  std::uint64_t messages_refused = 0;  // heard, and nothing that a node says
  FollowerCounts follower;
  NodeWatchCounts nodes;
  PresenceFeedCounts presence;
};

// Thread: the cluster's loop. Lifetime: completions of the ports that come later than it are
// ignored.
class ClusterNode final : public BroadcastListener, private NodeSink {
 public:
  // The ports outlive it.
  ClusterNode(ClusterOptions options, ClusterPorts ports);
  ClusterNode(const ClusterNode&) = delete;
  ClusterNode& operator=(const ClusterNode&) = delete;

  // To be called when a turn of the loop begins and when it ends, and at least every 50 ms. Steady
  // time counts from where the store's `as_of` counts from.
  void Advance(Moment now);

  // What this node's own stores and shards published. The shards were given it before.
  void Handle(const BusMessage& message);

  void Heard(std::string_view message) override;
  void Joined() override;
  void Lost() override;

  // As of the last Advance.
  ClusterState state() const;
  ClusterCounts counts() const;

 private:
  void HeardOne(const Hint& said) { follower_.Heard(said); }
  void HeardOne(const NodeSignals& said);
  template <typename Presence>
  void HeardOne(const Presence& said) {
    feed_.Heard(said);
  }

  void OwnEpoch(Epoch own) override;
  void NodeCame(Epoch node) override;
  void NodeGone(Epoch node, UnixTime last_seen) override;
  std::vector<UserId> OnlineOnlyOn(Epoch node) override;

  ClusterOptions options_;
  Bus& to_shards_;
  Broadcast& broadcast_;
  LogFollower follower_;
  PresenceFeed feed_;
  NodeWatch watch_;
  Moment now_{};
  Epoch own_;
  bool joined_ = false;
  std::uint64_t hints_said_ = 0;
  std::uint64_t messages_refused_ = 0;
};

}  // namespace chat::cluster
