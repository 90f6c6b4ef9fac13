#include "server/app/shard_keys.h"

#include <boost/system/error_code.hpp>
#include <utility>

#include "server/telemetry/log.h"

namespace chat::app {
namespace {

void LogFailure(auth::KeyringError error) {
  telemetry::Log(telemetry::Severity::kWarn, "signing_keys_stale",
                 {{"reason", auth::Explain(error)}});
}

}  // namespace

ShardKeys::ShardKeys(runtime::Shard& shard, ShardKeysParts parts)
    : store_(std::move(parts.store)),
      live_(parts.first, {.store = *store_,
                          .random = parts.random,
                          .secret = parts.secret,
                          .on_failure = LogFailure}),
      timer_(shard.io_context()) {}

void ShardKeys::Start() { RefreshLater(); }

void ShardKeys::RefreshLater() {
  timer_.expires_after(kRefreshInterval);
  timer_.async_wait([this](const boost::system::error_code& failed) {
    if (failed) return;
    Refresh([](auto) {});
    RefreshLater();
  });
}

}  // namespace chat::app
