// A node of ClusterWorld: a ClusterNode with its ports, what its shards were told, and what is true
// of it. For tests of the cluster.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/cluster/cluster_node.h"
#include "server/cluster/cluster_world.h"

namespace chat::cluster {

// Thread: one. Lifetime: the world's.
class SimulatedNode final : public Bus,
                            public Broadcast,
                            public CommitLog,
                            public Nodes,
                            public TrackSink {
 public:
  SimulatedNode(ClusterWorld& world, Epoch origin);

  // Runs `task` as a turn of the node's loop: now, once it thaws, or never.
  void Turn(std::function<void()> task);

  void Commit(std::uint32_t lane);
  void Toggle(UserId user, std::uint32_t shard);
  void Die();
  void Freeze(std::chrono::milliseconds time);
  void Disconnect(std::chrono::milliseconds time);
  void Hear(const std::string& message);
  void Connect();
  void Thaw();

  bool alive() const { return cluster_ != nullptr; }
  bool frozen() const { return frozen_; }
  bool connected() const { return connected_; }
  Epoch origin() const { return origin_; }
  Epoch own() const { return lease_; }
  int tracks_lost() const { return tracks_lost_; }
  const ClusterNode& cluster() const { return *cluster_; }
  const std::set<WorldPlace>& seen() const { return seen_; }
  const std::set<std::pair<UserId, std::uint32_t>>& online() const { return online_; }
  const std::optional<std::map<Lane, std::uint64_t>>& history() const { return history_; }
  bool Knows(const LogPosition& position) const;

  // Ports.
  void Publish(BusMessage message) override;
  void Say(std::string message) override;
  void ReadHeads(Completion<std::vector<LogPosition>, ReadError> done) override;
  void ReadAfter(
      LogPosition after,
      Completion<std::vector<std::shared_ptr<const CommitBatch>>, ReadError> done) override;
  void Renew(Completion<NodeLeases, ReadError> done) override;
  void End(NodeLease seen, std::vector<UserId> online, Completion<bool, ReadError> done) override;
  void LostTrack() override { ++tracks_lost_; }

 private:
  template <typename T>
  void Answer(Completion<T, ReadError> done, std::function<T()> ask);
  void Told(const LogPosition& position);
  void CheckHorizon(Instant horizon);
  NodeLeases RenewNow();
  bool EndNow(const NodeLease& seen, const std::vector<UserId>& online);

  ClusterWorld& world_;
  Epoch origin_;
  Epoch lease_;
  std::unique_ptr<ClusterNode> cluster_;
  bool frozen_ = false;
  bool connected_ = false;
  int outages_ = 0;
  std::vector<std::function<void()>> backlog_;
  std::map<std::uint32_t, std::uint64_t> last_batch_;
  std::set<std::pair<UserId, std::uint32_t>> online_;

  // What the shards know.
  std::optional<std::map<Lane, std::uint64_t>> history_;  // the heads at the first check
  std::map<Lane, std::set<std::uint64_t>> told_;
  std::size_t known_rows_ = 0;  // the first ones of the store, all told or history
  std::set<WorldPlace> seen_;
  int tracks_lost_ = 0;
};

}  // namespace chat::cluster
