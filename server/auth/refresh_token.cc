#include "server/auth/refresh_token.h"

#include <sodium.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "server/auth/base64url.h"

namespace chat::auth {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenCharacters = 43;
static_assert(sizeof(TokenHash) == crypto_hash_sha256_BYTES);

TokenHash Hash(std::span<const std::uint8_t> token) {
  TokenHash hash;
  crypto_hash_sha256(hash.data(), token.data(), token.size());
  return hash;
}

}  // namespace

RefreshToken MakeRefreshToken(SecureRandom& random) {
  std::array<std::uint8_t, kTokenBytes> token;
  random.Fill(token);
  return {.text = EncodeBase64Url(token), .hash = Hash(token)};
}

std::optional<TokenHash> HashRefreshToken(std::string_view text) {
  if (text.size() != kTokenCharacters) return std::nullopt;
  const std::optional<std::vector<std::uint8_t>> token = DecodeBase64Url(text);
  if (!token) return std::nullopt;
  return Hash(*token);
}

}  // namespace chat::auth
