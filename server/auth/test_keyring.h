// Keyrings for tests, made through the same door as the real ones.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "server/auth/base64url.h"
#include "server/auth/keyring.h"

namespace chat::auth {

// A stored key whose material is `fill`, 32 times.
inline StoredSigningKey PlainStoredKey(std::uint32_t key_id, std::uint8_t fill) {
  KeyMaterial material;
  material.fill(fill);
  return {.key_id = key_id, .material = "plain1." + EncodeBase64Url(material), .created_at = {}};
}

inline Keyring MakeKeyring(const std::vector<StoredSigningKey>& stored) {
  Result<Keyring, KeyringError> keyring = Keyring::Open(stored, nullptr);
  if (!keyring) std::abort();
  return *keyring;
}

// One key, number 1.
inline Keyring MakeKeyring() { return MakeKeyring({PlainStoredKey(1, 0x5a)}); }

}  // namespace chat::auth
