#include "server/auth/keyring.h"

#include <algorithm>
#include <cstdlib>
#include <expected>
#include <string>
#include <utility>

#include "server/auth/base64url.h"

namespace chat::auth {
namespace {

// How a stored key says whether it is wrapped.
constexpr std::string_view kPlainMark = "plain1.";
constexpr std::string_view kWrappedMark = "box1.";

std::optional<KeyMaterial> ReadPlain(std::string_view text) {
  const std::optional<std::vector<std::uint8_t>> bytes = DecodeBase64Url(text);
  KeyMaterial material;
  if (!bytes || bytes->size() != material.size()) return std::nullopt;
  std::ranges::copy(*bytes, material.begin());
  return material;
}

Result<KeyMaterial, KeyringError> ReadWrapped(std::string_view text, const WrappingSecret* secret) {
  if (secret == nullptr) return std::unexpected(KeyringError::kSecretMissing);
  const std::optional<KeyMaterial> material = secret->Unwrap(text);
  if (!material) return std::unexpected(KeyringError::kWrongSecret);
  return *material;
}

Result<KeyMaterial, KeyringError> ReadMaterial(std::string_view stored,
                                               const WrappingSecret* secret) {
  if (stored.starts_with(kWrappedMark)) {
    return ReadWrapped(stored.substr(kWrappedMark.size()), secret);
  }
  if (!stored.starts_with(kPlainMark)) return std::unexpected(KeyringError::kMalformed);
  const std::optional<KeyMaterial> material = ReadPlain(stored.substr(kPlainMark.size()));
  if (!material) return std::unexpected(KeyringError::kMalformed);
  return *material;
}

}  // namespace

std::string NewStoredMaterial(const std::optional<WrappingSecret>& secret, SecureRandom& random) {
  KeyMaterial material;
  random.Fill(material);
  if (secret) return std::string(kWrappedMark) + secret->Wrap(material, random);
  return std::string(kPlainMark) + EncodeBase64Url(material);
}

std::string_view Explain(KeyringError error) {
  switch (error) {
    case KeyringError::kUnavailable:
      return "the store cannot give its signing keys";
    case KeyringError::kNoKeys:
      return "the store has no signing key";
    case KeyringError::kMalformed:
      return "a signing key in the store is malformed";
    case KeyringError::kSecretMissing:
      return "the signing keys in the store are wrapped: give the --secret-file they were made "
             "with";
    case KeyringError::kWrongSecret:
      return "the signing keys in the store were wrapped with another --secret-file";
  }
  std::abort();
}

Result<Keyring, KeyringError> Keyring::Open(const std::vector<StoredSigningKey>& stored,
                                            const WrappingSecret* secret) {
  if (stored.empty()) return std::unexpected(KeyringError::kNoKeys);
  Keyring keyring;
  for (const StoredSigningKey& key : stored) {
    const auto material = ReadMaterial(key.material, secret);
    if (!material) return std::unexpected(material.error());
    keyring.keys_.push_back({.key_id = key.key_id, .material = *material});
    if (key.material.starts_with(kPlainMark)) ++keyring.unwrapped_count_;
  }
  return keyring;
}

const SigningKey* Keyring::Find(std::uint32_t key_id) const {
  const auto found = std::ranges::find(keys_, key_id, &SigningKey::key_id);
  return found == keys_.end() ? nullptr : &*found;
}

void LoadKeyring(SigningKeys& store, std::optional<WrappingSecret> secret, SecureRandom& random,
                 Completion<Keyring, KeyringError> done) {
  std::string first = NewStoredMaterial(secret, random);
  store.LoadOrCreate(std::move(first),
                     [secret = std::move(secret), done = std::move(done)](auto stored) mutable {
                       if (!stored) return done(std::unexpected(KeyringError::kUnavailable));
                       done(Keyring::Open(*stored, secret ? &*secret : nullptr));
                     });
}

}  // namespace chat::auth
