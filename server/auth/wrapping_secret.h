// The operator's secret that wraps signing keys before they reach the store, so that who reads the
// store alone cannot sign. It also judges whether a secret deserves the name. Not the signing keys:
// see Keyring.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "server/auth/secure_random.h"
#include "server/auth/signing_key.h"
#include "server/ports/completion.h"

namespace chat::auth {

inline constexpr std::size_t kSecretBytesMin = 32;

enum class SecretError {
  kTooShort,
  kSample,        // contains a word that only examples have
  kRepeats,       // one short piece again and again
  kRuns,          // mostly neighbours of neighbours: 0123…, abcd…, aaaa…
  kTooFewValues,  // too few different bytes to be random
};

// One clause for the operator, to follow "the secret file …"; never shows the secret.
std::string_view Explain(SecretError error);

// Thread: any, it is immutable. Lifetime: wipes its key when it ends.
class WrappingSecret {
 public:
  // `contents` is the whole secret file, every byte of it counts.
  static Result<WrappingSecret, SecretError> Make(std::string_view contents);

  WrappingSecret(const WrappingSecret&) = default;
  WrappingSecret& operator=(const WrappingSecret&) = default;
  ~WrappingSecret();

  // Source: XSalsa20-Poly1305, as NaCl's crypto_secretbox, with a random nonce in front.
  std::string Wrap(const KeyMaterial& material, SecureRandom& random) const;

  // Errors: nullopt for what this secret did not wrap.
  std::optional<KeyMaterial> Unwrap(std::string_view wrapped) const;

 private:
  WrappingSecret() = default;

  std::array<std::uint8_t, 32> key_{};
};

// Errors: one sentence that names the file.
std::expected<WrappingSecret, std::string> ReadWrappingSecret(const std::filesystem::path& file);

}  // namespace chat::auth
