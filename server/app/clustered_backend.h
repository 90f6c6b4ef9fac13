// The backend of a server that is one of several: PostgreSQL holds the truth, Redis carries hints
// and presence between the nodes.
//
// What the shards and the store of this node say goes to `from_here_`, which the shards and then
// the cluster's loop hear; what other nodes said goes to `from_others_`, which only the shards
// hear. So nothing that was heard is said again.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "protocol/rates.h"
#include "server/app/backend.h"
#include "server/app/cluster_loop.h"
#include "server/app/search_loop.h"
#include "server/config/config.h"
#include "server/local/local_bus.h"
#include "server/local/local_rate_limits.h"
#include "server/ports/broadcast.h"
#include "server/postgres/database.h"
#include "server/redis/broadcast.h"
#include "server/redis/rate_limits.h"

namespace chat::app {

// Thread and lifetime: as Backend.
class ClusteredBackend final : public Backend {
 public:
  // Connects to the PostgreSQL of `config`, for up to 30 s, and makes or migrates its schema.
  //
  // Errors: one sentence on what is in the way, without passwords.
  static std::expected<std::unique_ptr<ClusteredBackend>, std::string> Open(
      const config::Config& config);
  ~ClusteredBackend() override;

  ShardPorts MakePorts(Executor& home) override;
  std::unique_ptr<SigningKeys> MakeSigningKeys(Executor& home) override;
  std::unique_ptr<Inspection> MakeInspection(Executor& home) override;
  const Clock& clock() const override;
  Bus& bus() override { return from_here_; }
  RateLimits& rate_limits() override;
  void Subscribe(BusSubscriber subscriber) override;
  void Start(std::function<void()> on_lost_track) override;
  BackendCounters counters() const override;
  void Stop() override;

 private:
  explicit ClusteredBackend(const std::optional<Rates>& rates) : local_rate_limits_(rates) {}

  std::expected<void, std::string> OpenRedis(const config::Config& config);
  std::unique_ptr<redis::RateLimits> ShareRateLimits(std::string key_prefix);
  Broadcast& broadcast();
  void CountRedis();
  std::vector<telemetry::PartNumber> PartNumbers(const postgres::DatabaseCounters& store,
                                                 const redis::BroadcastCounters& redis) const;
  redis::BroadcastCounters redis_counters() const;

  // For a node without Redis: whatever it says, the others find in the log.
  class SilentBroadcast final : public Broadcast {
   public:
    void Say(std::string) override {}
  };

  // In the order in which they must outlive each other.
  LocalBus from_here_;
  LocalBus from_others_;
  LocalRateLimits local_rate_limits_;
  std::unique_ptr<postgres::Database> database_;
  std::unique_ptr<ClusterLoop> loop_;
  std::unique_ptr<SearchLoop> search_;
  SilentBroadcast silence_;
  std::unique_ptr<redis::Broadcast> redis_;         // null without one
  std::unique_ptr<redis::RateLimits> rate_limits_;  // null without Redis, or without rates

  mutable std::mutex mutex_;
  redis::BroadcastCounters redis_counters_;  // guarded by mutex_
};

}  // namespace chat::app
