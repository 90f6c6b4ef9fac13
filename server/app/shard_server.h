// Everything that one shard serves: the backend's ports, the hub, its WebSockets and its HTTP. The
// only place that joins them; the app makes one for each core.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "server/app/backend.h"
#include "server/app/http_meter.h"
#include "server/app/shard_keys.h"
#include "server/auth/authenticator.h"
#include "server/auth/credential_issuer.h"
#include "server/auth/keyring.h"
#include "server/auth/password_hasher.h"
#include "server/auth/secure_random.h"
#include "server/auth/wrapping_secret.h"
#include "server/config/config.h"
#include "server/core/hub.h"
#include "server/http/api/api.h"
#include "server/http/api/api_ports.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/net/connection_table.h"
#include "server/net/file_descriptor.h"
#include "server/ports/clock.h"
#include "server/ports/rate_limits.h"
#include "server/runtime/asio.h"
#include "server/runtime/shard.h"
#include "server/telemetry/metrics.h"

namespace chat::app {

// What the shards of a server share.
struct SharedParts {
  const config::Config& config;
  Backend& backend;
  const auth::Keyring& keyring;  // of the start
  const std::optional<auth::WrappingSecret>& secret;
  const auth::PasswordHasher& hasher;
  auth::SecureRandom& random;
};

// Thread: made, started and destroyed by the app's while the shard does not run; else the shard's.
// Lifetime: shorter than `shard` and what is shared.
class ShardServer {
 public:
  ShardServer(runtime::Shard& shard, const SharedParts& shared);

  // Serves the public port from `listening_socket` once the shard runs.
  void Serve(net::FileDescriptor listening_socket);

  // Lets clients go, one after the other over the drain window of the config, and closes with 1012
  // those who stay. HTTP is still answered, newcomers are refused. Ends kDrainPatience after the
  // window at the latest.
  asio::awaitable<void> Drain();

  // Ends the window of a drain that goes on.
  void HurryDrain() { hub_.HurryEvacuation(); }

  // Sends all clients elsewhere, because this node cannot tell them what they missed.
  void SendAway();

  // Ends HTTP, after Drain; within kStopPatience.
  asio::awaitable<void> Stop();

  telemetry::ShardSnapshot Snapshot() const;

  // What handlers work with here; `rate_limits` is asked in place of the backend's.
  http::ApiPorts MakeApiPorts(RateLimits& rate_limits);

  ShardKeys& keys() { return keys_; }

  runtime::Shard& shard() { return shard_; }

  static constexpr std::chrono::seconds kDrainPatience{9};
  static constexpr std::chrono::seconds kStopPatience{3};

 private:
  void AddPages();
  http::SessionOptions MakeSessionOptions();
  asio::awaitable<std::expected<SessionOwner, Refusal>> Authenticate(
      http::UpgradeCredentials shown);
  std::expected<void, Refusal> Admit() const;
  EvacuationPace pace() const;
  asio::awaitable<void> TakeTurn();
  asio::awaitable<void> StoreLastReceipts();
  asio::awaitable<void> SayThatAllAreGone();

  runtime::Shard& shard_;
  const config::Config& config_;
  const Clock& clock_;
  RateLimits& rate_limits_;
  ShardPorts ports_;
  ShardKeys keys_;
  Hub hub_;
  net::ConnectionTable connections_;
  auth::Authenticator authenticator_;
  auth::CredentialIssuer issuer_;
  const auth::PasswordHasher& hasher_;
  http::Api api_;
  http::Router router_;
  HttpMeter http_meter_;
  std::optional<http::Server> http_;
  bool is_draining_ = false;
};

}  // namespace chat::app
