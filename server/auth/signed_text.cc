#include "server/auth/signed_text.h"

#include <sodium.h>

#include <array>
#include <cstdlib>
#include <expected>
#include <limits>
#include <optional>

#include "protocol/ids.h"
#include "server/auth/base64url.h"

namespace chat::auth {
namespace {

constexpr std::string_view kVersion = "v1";
// Ours have at most 102; what is longer is not worth hashing.
constexpr std::size_t kTextBytesMax = 256;

using Mac = std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES>;
static_assert(sizeof(KeyMaterial) == crypto_auth_hmacsha256_KEYBYTES);

// Ends with a zero byte, which no token contains: so no label and text can be read as another pair.
std::string_view Label(Purpose purpose) {
  using std::string_view_literals::operator""sv;
  switch (purpose) {
    case Purpose::kAccessToken:
      return "chat access token\0"sv;
    case Purpose::kTicket:
      return "chat ticket\0"sv;
  }
  std::abort();
}

Mac ComputeMac(const SigningKey& key, Purpose purpose, std::string_view signed_part) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.material.data(), key.material.size());
  for (const std::string_view piece : {Label(purpose), signed_part}) {
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const std::uint8_t*>(piece.data()),
                                  piece.size());
  }
  Mac mac;
  crypto_auth_hmacsha256_final(&state, mac.data());
  sodium_memzero(&state, sizeof(state));
  return mac;
}

struct Parts {
  std::uint32_t key_id;
  std::vector<std::uint8_t> payload;
  std::vector<std::uint8_t> mac;
  std::string_view signed_part;
};

// Cuts off and returns what stands before the next dot; nullopt when there is none.
std::optional<std::string_view> TakePart(std::string_view& rest) {
  const std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view part = rest.substr(0, dot);
  rest.remove_prefix(dot + 1);
  return part;
}

std::optional<std::uint32_t> ParseKeyId(std::string_view text) {
  const std::optional<std::int64_t> number = ParseDecimal(text);
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::optional<Parts> Split(std::string_view text) {
  if (text.size() > kTextBytesMax) return std::nullopt;
  std::string_view rest = text;
  const auto version = TakePart(rest);
  const auto key_text = TakePart(rest);
  const auto payload_text = TakePart(rest);
  if (!version || !key_text || !payload_text || *version != kVersion) return std::nullopt;
  const auto key_id = ParseKeyId(*key_text);
  auto payload = DecodeBase64Url(*payload_text);
  auto mac = DecodeBase64Url(rest);
  if (!key_id || !payload || !mac || mac->size() != sizeof(Mac)) return std::nullopt;
  return Parts{.key_id = *key_id,
               .payload = std::move(*payload),
               .mac = std::move(*mac),
               .signed_part = text.substr(0, text.size() - rest.size() - 1)};
}

}  // namespace

std::string Sign(const Keyring& keyring, Purpose purpose, std::span<const std::uint8_t> payload) {
  const SigningKey& key = keyring.newest();
  std::string text(kVersion);
  text += '.';
  text += std::to_string(key.key_id);
  text += '.';
  text += EncodeBase64Url(payload);
  const Mac mac = ComputeMac(key, purpose, text);
  text += '.';
  text += EncodeBase64Url(mac);
  return text;
}

Result<std::vector<std::uint8_t>, TokenError> VerifySigned(const Keyring& keyring, Purpose purpose,
                                                           std::string_view text) {
  std::optional<Parts> parts = Split(text);
  if (!parts) return std::unexpected(TokenError::kMalformed);
  const SigningKey* key = keyring.Find(parts->key_id);
  if (key == nullptr) {
    const bool is_newer = parts->key_id > keyring.newest().key_id;
    return std::unexpected(is_newer ? TokenError::kNewerKey : TokenError::kUnknownKey);
  }
  const Mac expected = ComputeMac(*key, purpose, parts->signed_part);
  if (sodium_memcmp(expected.data(), parts->mac.data(), expected.size()) != 0) {
    return std::unexpected(TokenError::kBadSignature);
  }
  return std::move(parts->payload);
}

}  // namespace chat::auth
