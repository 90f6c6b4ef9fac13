// The signing keys that this node knows, by id. The newest signs; all of them verify; a key that
// retired is no longer in the store's list and so verifies nothing. Access tokens and tickets use
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/auth/secure_random.h"
#include "server/auth/signing_key.h"
#include "server/auth/wrapping_secret.h"
#include "server/ports/completion.h"
#include "server/ports/signing_keys.h"

namespace chat::auth {

enum class KeyringError {
  kUnavailable,    // the store cannot answer
  kNoKeys,         // the store has none, though one was just offered
  kMalformed,      // a stored key that no version of this server wrote
  kSecretMissing,  // a stored key is wrapped and no secret was given
  kWrongSecret,    // a stored key was wrapped with another secret
};

// One sentence for the operator.
std::string_view Explain(KeyringError error);

// A new random key as the store keeps it: wrapped when there is a secret.
std::string NewStoredMaterial(const std::optional<WrappingSecret>& secret, SecureRandom& random);

// Thread: any, it is immutable. Lifetime: longer than everything that verifies with it.
class Keyring {
 public:
  // `stored` as the store gives it, newest last. Keys that were stored before a secret was
  // configured open with one too; unwrapped_count tells of them.
  static Result<Keyring, KeyringError> Open(const std::vector<StoredSigningKey>& stored,
                                            const WrappingSecret* secret);

  const SigningKey& newest() const { return keys_.back(); }

  // Null when no such key is known.
  const SigningKey* Find(std::uint32_t key_id) const;

  // How many of the keys lie in the store as they are.
  std::size_t unwrapped_count() const { return unwrapped_count_; }

 private:
  Keyring() = default;

  std::vector<SigningKey> keys_;
  std::size_t unwrapped_count_ = 0;
};

// Opens the keyring of `store`, with a new first key when there is none yet.
void LoadKeyring(SigningKeys& store, std::optional<WrappingSecret> secret, SecureRandom& random,
                 Completion<Keyring, KeyringError> done);

}  // namespace chat::auth
