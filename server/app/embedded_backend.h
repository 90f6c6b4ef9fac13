// The backend of a server that is alone: one SQLite file, and a bus between the shards of this
// process.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "protocol/rates.h"
#include "server/app/backend.h"
#include "server/app/search_loop.h"
#include "server/config/config.h"
#include "server/local/local_bus.h"
#include "server/local/local_rate_limits.h"
#include "server/runtime/system_clock.h"
#include "server/sqlite/database.h"

namespace chat::app {

// Thread and lifetime: as Backend.
class EmbeddedBackend final : public Backend {
 public:
  // Opens the file of `config`, makes or migrates it.
  //
  // Errors: one sentence on what is in the way.
  static std::expected<std::unique_ptr<EmbeddedBackend>, std::string> Open(
      const config::Config& config);
  ~EmbeddedBackend() override;

  ShardPorts MakePorts(Executor& home) override;
  std::unique_ptr<SigningKeys> MakeSigningKeys(Executor& home) override;
  std::unique_ptr<Inspection> MakeInspection(Executor& home) override;
  const Clock& clock() const override { return clock_; }
  Bus& bus() override { return bus_; }
  RateLimits& rate_limits() override { return rate_limits_; }
  void Subscribe(BusSubscriber subscriber) override { bus_.Subscribe(std::move(subscriber)); }
  void Start(std::function<void()> on_lost_track) override;
  BackendCounters counters() const override;
  void Stop() override;

 private:
  explicit EmbeddedBackend(const std::optional<Rates>& rates) : rate_limits_(rates) {}

  // In the order in which they must outlive each other.
  runtime::SystemClock clock_;
  LocalBus bus_;
  LocalRateLimits rate_limits_;
  SearchLoop search_{clock_};
  std::unique_ptr<sqlite::Database> database_;
};

}  // namespace chat::app
