// The keyring of one shard, kept up to date while the server runs: keys that any node adds are
// learnt, those that retired are forgotten. It decides when to read the store only as far as it
// joins reads; who owns it has the clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "server/auth/keyring.h"
#include "server/auth/secure_random.h"
#include "server/auth/wrapping_secret.h"
#include "server/ports/completion.h"
#include "server/ports/signing_keys.h"

namespace chat::auth {

struct LiveKeyringParts {
  SigningKeys& store;
  SecureRandom& random;
  std::optional<WrappingSecret> secret;
  std::function<void(KeyringError)> on_failure;  // the keyring stays as it was
};

// Thread: the shard's, like the port. Lifetime: shorter than the parts, longer than what is asked
// of the port.
class LiveKeyring {
 public:
  LiveKeyring(Keyring first, LiveKeyringParts parts)
      : keyring_(std::move(first)), parts_(std::move(parts)) {}
  LiveKeyring(const LiveKeyring&) = delete;
  LiveKeyring& operator=(const LiveKeyring&) = delete;

  // Its contents change when keys are refreshed, never during a call.
  const Keyring& keyring() const { return keyring_; }

  // Reads the keys that the store has after this call.
  // Limits: one read at a time, however many ask: the rest share the next one.
  void Refresh(Completion<void, KeyringError> done);

  // Stores a new key, which signs from then on; the old ones verify for `overlap` more. Answers
  // with the new key's number.
  void Rotate(std::chrono::seconds overlap, Completion<std::uint32_t, KeyringError> done);

 private:
  using Waiters = std::vector<Completion<void, KeyringError>>;
  using StoredKeys = Result<std::vector<StoredSigningKey>, ReadError>;

  void Read();
  Result<void, KeyringError> Adopt(const StoredKeys& stored);

  Keyring keyring_;
  LiveKeyringParts parts_;
  bool is_reading_ = false;
  Waiters reading_for_;  // whom the read that goes on is for
  Waiters waiting_;      // for the one after it
};

}  // namespace chat::auth
