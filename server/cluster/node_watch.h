// Renews this node's lease and watches those of the others: whose lease stands still for long
// enough is dead or frozen, and is ended here if no other node was faster. Time is this node's own,
// and counts only while its own renewals work, so that a node that was frozen itself accuses
// nobody. Used by ClusterNode.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/core/moment.h"
#include "server/ports/nodes.h"

namespace chat::cluster {

// What NodeWatch finds out. An epoch comes once and goes once.
class NodeSink {
 public:
  virtual ~NodeSink() = default;

  // This node's own epoch, at first and whenever it changed.
  virtual void OwnEpoch(Epoch own) = 0;

  virtual void NodeCame(Epoch node) = 0;

  // Its lease is no more. `last_seen` is when its last renewal was noticed.
  virtual void NodeGone(Epoch node, UnixTime last_seen) = 0;

  // Who is online on that node and nowhere else.
  virtual std::vector<UserId> OnlineOnlyOn(Epoch node) = 0;
};

struct NodeWatchOptions {
  std::chrono::milliseconds renew_interval{1'000};
  std::chrono::milliseconds dead_after{10'000};  // without a renewal
  std::chrono::milliseconds pause_max{2'000};    // of this node; a longer one starts all over
};

struct NodeWatchCounts {
  std::uint64_t renewals = 0;
  std::uint64_t renewals_failed = 0;
  std::uint64_t nodes_ended = 0;  // by this node
};

// Thread: the cluster's loop. Lifetime: the ClusterNode's; completions that come later than it are
// ignored.
class NodeWatch {
 public:
  // The port and the sink outlive it.
  NodeWatch(NodeWatchOptions options, Nodes& nodes, NodeSink& sink);
  NodeWatch(const NodeWatch&) = delete;
  NodeWatch& operator=(const NodeWatch&) = delete;

  void Advance(Moment now);

  // When the renewal began that succeeded last.
  std::optional<Instant> renewed_at() const { return renewed_at_; }

  std::size_t others_count() const { return others_.size(); }
  const NodeWatchCounts& counts() const { return counts_; }

 private:
  struct Other {
    NodeLease lease;
    UnixTime last_seen;     // when the last renewal was noticed
    Instant still_since{};  // how long it stands still for sure
    bool gone = false;      // ended by this node, but maybe still listed by a read that was faster
  };

  void Renew();
  void Renewed(Result<NodeLeases, ReadError> leases);
  void Observe(std::vector<NodeLease> others);
  void Observe(NodeLease lease);
  void DropUnlisted(const std::vector<NodeLease>& others);
  void StartOver();
  void EndDead();
  void Ended(Epoch node, const Result<bool, ReadError>& ended);

  NodeWatchOptions options_;
  Nodes& nodes_;
  NodeSink& sink_;
  std::map<Epoch, Other> others_;
  Epoch own_;
  Moment now_{};
  std::optional<Instant> last_turn_;
  bool renewing_ = false;
  bool ending_ = false;
  Instant renewal_began_{};
  Instant next_renewal_{};
  std::optional<Instant> renewed_at_;
  NodeWatchCounts counts_;
  std::shared_ptr<NodeWatch*> self_;
};

}  // namespace chat::cluster
