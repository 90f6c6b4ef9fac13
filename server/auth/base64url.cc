#include "server/auth/base64url.h"

#include <sodium.h>

namespace chat::auth {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

}  // namespace

std::string EncodeBase64Url(std::span<const std::uint8_t> bytes) {
  // libsodium also writes a terminating zero.
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();
  return text;
}

std::optional<std::vector<std::uint8_t>> DecodeBase64Url(std::string_view text) {
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end,
                        kVariant) != 0) {
    return std::nullopt;
  }
  bytes.resize(size);
  // libsodium 1.0.18 reads some bytes above 0x7f as if they were in the alphabet.
  if (EncodeBase64Url(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace chat::auth
