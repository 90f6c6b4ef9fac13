// Refresh tokens: 256 random bits that only the client keeps. The store has their hash, so reading
// the store gives no session away. A plain hash is enough: what is random needs no slow one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/auth/secure_random.h"
#include "server/ports/sessions.h"

namespace chat::auth {

struct RefreshToken {
  std::string text;  // for the client, never logged
  TokenHash hash;    // for the store
};

RefreshToken MakeRefreshToken(SecureRandom& random);

// What the store knows a presented token by.
//
// Errors: nullopt for what MakeRefreshToken cannot have made.
// Source: SHA-256 of the 32 bytes.
std::optional<TokenHash> HashRefreshToken(std::string_view text);

}  // namespace chat::auth
