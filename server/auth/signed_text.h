// The form that access tokens and tickets share: `v1.<key id>.<payload>.<HMAC-SHA-256>`, both last
// parts in base64url. It knows nothing of what a payload means or when it expires.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/auth/keyring.h"
#include "server/ports/completion.h"

namespace chat::auth {

// What a text is signed for: one signed for one purpose never verifies for another.
enum class Purpose { kAccessToken, kTicket };

enum class TokenError {
  kMalformed,
  kUnknownKey,  // never existed, or retired
  kNewerKey,    // newer than those of the keyring: another node may have made it a moment ago
  kBadSignature,
  kExpired,
};

// Signs with the newest key.
std::string Sign(const Keyring& keyring, Purpose purpose, std::span<const std::uint8_t> payload);

// The payload of a text that Sign made. The signature is compared in constant time, before anything
// of the payload is looked at.
//
// Errors: all but kExpired.
Result<std::vector<std::uint8_t>, TokenError> VerifySigned(const Keyring& keyring, Purpose purpose,
                                                           std::string_view text);

}  // namespace chat::auth
