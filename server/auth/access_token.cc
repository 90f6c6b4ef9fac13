#include "server/auth/access_token.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <span>

#include "server/auth/payload.h"

namespace chat::auth {
namespace {

// User, session, expiry in milliseconds since 1970.
constexpr std::size_t kPayloadBytes = 3 * kNumberBytes;

}  // namespace

std::string IssueAccessToken(const Keyring& keyring, const AccessClaims& claims) {
  std::array<std::uint8_t, kPayloadBytes> payload;
  const std::span<std::uint8_t, kPayloadBytes> places(payload);
  WriteNumber(places.subspan<0, kNumberBytes>(), claims.owner.user_id.number());
  WriteNumber(places.subspan<8, kNumberBytes>(), claims.owner.session_id.number());
  WriteNumber(places.subspan<16, kNumberBytes>(), claims.expires_at.time_since_epoch().count());
  return Sign(keyring, Purpose::kAccessToken, payload);
}

Result<AccessClaims, TokenError> VerifyAccessToken(const Keyring& keyring, std::string_view token,
                                                   UnixTime now) {
  const auto payload = VerifySigned(keyring, Purpose::kAccessToken, token);
  if (!payload) return std::unexpected(payload.error());
  if (payload->size() != kPayloadBytes) return std::unexpected(TokenError::kMalformed);
  const std::span<const std::uint8_t, kPayloadBytes> places(*payload);
  AccessClaims claims;
  claims.owner.user_id = UserId(ReadNumber(places.subspan<0, kNumberBytes>()));
  claims.owner.session_id = SessionId(ReadNumber(places.subspan<8, kNumberBytes>()));
  claims.expires_at =
      UnixTime(std::chrono::milliseconds(ReadNumber(places.subspan<16, kNumberBytes>())));
  if (now >= claims.expires_at) return std::unexpected(TokenError::kExpired);
  return claims;
}

}  // namespace chat::auth
