// Everything that one shard serves: the store's ports, the hub, its WebSockets and its HTTP. The
// only place that joins them; the app makes one for each core.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "server/auth/authenticator.h"
#include "server/auth/credential_issuer.h"
#include "server/auth/keyring.h"
#include "server/auth/password_hasher.h"
#include "server/auth/secure_random.h"
#include "server/config/config.h"
#include "server/core/hub.h"
#include "server/http/api/api.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/local/local_bus.h"
#include "server/net/connection_table.h"
#include "server/net/file_descriptor.h"
#include "server/ports/clock.h"
#include "server/runtime/asio.h"
#include "server/runtime/shard.h"
#include "server/sqlite/accounts.h"
#include "server/sqlite/contacts.h"
#include "server/sqlite/conversations.h"
#include "server/sqlite/database.h"
#include "server/sqlite/dependency.h"
#include "server/sqlite/messages.h"
#include "server/sqlite/presence_records.h"
#include "server/sqlite/sessions.h"
#include "server/telemetry/metrics.h"

namespace chat::app {

// What the shards of a server share.
struct SharedParts {
  const config::Config& config;
  sqlite::Database& database;
  LocalBus& bus;
  const Clock& clock;
  const auth::Keyring& keyring;
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

  // Ends all that this shard serves: accepts nothing more, lets clients know, waits for answers
  // that are due, closes with 1012. Ends within kStopPatience.
  asio::awaitable<void> Stop();

  telemetry::ShardSnapshot Snapshot() const;

  runtime::Shard& shard() { return shard_; }

  static constexpr std::chrono::seconds kStopPatience{8};

 private:
  void AddPages();
  http::SessionOptions MakeSessionOptions();
  asio::awaitable<std::expected<SessionOwner, Refusal>> Authenticate(
      http::UpgradeCredentials shown);
  asio::awaitable<void> WaitForSends();

  runtime::Shard& shard_;
  const config::Config& config_;
  const Clock& clock_;
  sqlite::Accounts accounts_;
  sqlite::Sessions sessions_;
  sqlite::Contacts contacts_;
  sqlite::Conversations conversations_;
  sqlite::Messages messages_;
  sqlite::PresenceRecords presence_records_;
  sqlite::Dependency store_state_;
  Hub hub_;
  net::ConnectionTable connections_;
  auth::Authenticator authenticator_;
  auth::CredentialIssuer issuer_;
  http::Api api_;
  http::Router router_;
  std::optional<http::Server> http_;
};

}  // namespace chat::app
