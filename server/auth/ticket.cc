#include "server/auth/ticket.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <span>

#include "server/auth/payload.h"

namespace chat::auth {
namespace {

// Nonce, session, expiry in milliseconds since 1970.
constexpr std::size_t kNonceBytes = sizeof(TicketNonce);
constexpr std::size_t kPayloadBytes = kNonceBytes + 2 * kNumberBytes;

}  // namespace

std::string IssueTicket(const Keyring& keyring, const TicketUse& use) {
  std::array<std::uint8_t, kPayloadBytes> payload;
  const std::span<std::uint8_t, kPayloadBytes> places(payload);
  std::ranges::copy(use.nonce, payload.begin());
  WriteNumber(places.subspan<kNonceBytes, kNumberBytes>(), use.session_id.number());
  WriteNumber(places.subspan<kNonceBytes + kNumberBytes, kNumberBytes>(),
              use.expires_at.time_since_epoch().count());
  return Sign(keyring, Purpose::kTicket, payload);
}

Result<TicketUse, TokenError> VerifyTicket(const Keyring& keyring, std::string_view ticket,
                                           UnixTime now) {
  const auto payload = VerifySigned(keyring, Purpose::kTicket, ticket);
  if (!payload) return std::unexpected(payload.error());
  if (payload->size() != kPayloadBytes) return std::unexpected(TokenError::kMalformed);
  const std::span<const std::uint8_t, kPayloadBytes> places(*payload);
  TicketUse use;
  std::ranges::copy(places.first<kNonceBytes>(), use.nonce.begin());
  use.session_id = SessionId(ReadNumber(places.subspan<kNonceBytes, kNumberBytes>()));
  use.expires_at = UnixTime(std::chrono::milliseconds(
      ReadNumber(places.subspan<kNonceBytes + kNumberBytes, kNumberBytes>())));
  if (now >= use.expires_at) return std::unexpected(TokenError::kExpired);
  return use;
}

}  // namespace chat::auth
