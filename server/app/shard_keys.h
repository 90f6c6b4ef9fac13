// The signing keys as one shard uses them: read again once in a while, so that every node soon
// signs with a key that another one made, and none verifies by a key that retired.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "protocol/limits.h"
#include "server/auth/keyring.h"
#include "server/auth/live_keyring.h"
#include "server/auth/secure_random.h"
#include "server/auth/wrapping_secret.h"
#include "server/ports/completion.h"
#include "server/ports/signing_keys.h"
#include "server/runtime/asio.h"
#include "server/runtime/shard.h"

namespace chat::app {

struct ShardKeysParts {
  const auth::Keyring& first;
  std::unique_ptr<SigningKeys> store;
  auth::SecureRandom& random;
  const std::optional<auth::WrappingSecret>& secret;
};

// Thread: the shard's, and the app's while the shard does not run. Lifetime: shorter than `shard`.
class ShardKeys {
 public:
  // How long a node may not know of a key that another one made.
  static constexpr std::chrono::seconds kRefreshInterval{10};
  // A node that has not heard of the new key yet still signs with the old one.
  static constexpr std::chrono::seconds kOverlap = kAccessTokenLifetime + 6 * kRefreshInterval;

  ShardKeys(runtime::Shard& shard, ShardKeysParts parts);

  // Begins to refresh by itself, once the shard runs.
  void Start();

  // As LiveKeyring.
  const auth::Keyring& keyring() const { return live_.keyring(); }
  void Refresh(Completion<void, auth::KeyringError> done) { live_.Refresh(std::move(done)); }

  // Makes a new key. Those before it verify until their tokens have expired.
  void Rotate(Completion<std::uint32_t, auth::KeyringError> done) {
    live_.Rotate(kOverlap, std::move(done));
  }

 private:
  void RefreshLater();

  std::unique_ptr<SigningKeys> store_;
  auth::LiveKeyring live_;
  asio::steady_timer timer_;
};

}  // namespace chat::app
