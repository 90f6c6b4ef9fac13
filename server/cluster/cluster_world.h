// Several nodes in one thread and in virtual time, over a store that tells the truth and a
// broadcast that does not: it drops, doubles, reorders and breaks off. Nodes commit, users come and
// go, nodes die, freeze and start. Everything that happens follows from the seed. Each promise of
// ClusterNode is checked as it happens, or by Check at the end. For tests of the cluster.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/cluster/cluster_node.h"
#include "server/core/moment.h"

namespace chat::cluster {

using Lane = std::pair<Epoch, std::uint32_t>;

// Where a user is online.
struct WorldPlace {
  Epoch node;
  UserId user_id;
  std::uint32_t shard = 0;
  friend auto operator<=>(const WorldPlace&, const WorldPlace&) = default;
};

class SimulatedNode;

// Thread: one. Lifetime: the test's.
class ClusterWorld {
 public:
  explicit ClusterWorld(std::uint64_t seed);
  ~ClusterWorld();

  // Lets everything go wrong for this long.
  void Disturb(std::chrono::milliseconds time);

  // Ends all faults and gives the nodes time.
  void Heal(std::chrono::milliseconds time);

  // What was promised and did not hold; empty when all did. Call it after Heal.
  std::string Check() const;

  // Over all nodes, those included that are dead: that the faults happened at all.
  const std::map<std::string, std::uint64_t>& happened() const { return happened_; }

 private:
  friend class SimulatedNode;

  struct Row {
    LogPosition position;
    Instant committed_at;
  };
  struct StoredLease {
    std::uint64_t renewals = 0;
    Instant renewed_at;
  };

  void RunUntil(Instant end);
  void At(std::chrono::milliseconds delay, std::function<void()> event);
  void Disorder();
  void DisorderOne(SimulatedNode& node);
  void StartNode();
  void Spread(const std::string& message);
  void Fail(std::string what);
  std::vector<LogPosition> Heads() const;

  std::uint64_t Draw(std::uint64_t below) { return random_() % below; }
  bool Chance(std::uint64_t percent) { return faulty_ && Draw(100) < percent; }
  std::chrono::milliseconds Delay(std::uint64_t max) {
    return std::chrono::milliseconds(Draw(max + 1));
  }
  Moment now() const {
    return {now_, UnixTime(now_.time_since_epoch() + std::chrono::days(20'000))};
  }

  std::mt19937_64 random_;
  Instant now_{std::chrono::hours(1)};
  bool faulty_ = false;
  std::uint64_t last_event_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> events_;
  std::int64_t last_epoch_ = 0;
  std::vector<Row> rows_;
  std::map<Epoch, StoredLease> leases_;
  std::vector<std::unique_ptr<SimulatedNode>> nodes_;  // the dead ones too
  std::map<std::string, std::uint64_t> happened_;
  std::string failures_;
};

}  // namespace chat::cluster
