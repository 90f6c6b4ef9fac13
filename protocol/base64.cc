#include "protocol/base64.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chat {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 64;

constexpr std::array<std::uint8_t, 256> kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}();

std::size_t CountPadding(std::string_view quantum) {
  if (quantum.ends_with("==")) return 2;
  return quantum.ends_with('=') ? 1 : 0;
}

// Appends what four characters stand for; the last `padding` of them are '='.
bool AppendQuantum(std::string_view quantum, std::size_t padding, std::string& bytes) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint8_t digit =
        i < 4 - padding ? kDigits[static_cast<unsigned char>(quantum[i])] : std::uint8_t{0};
    if (digit == kNoDigit) return false;
    bits = bits << 6 | digit;
  }
  const std::uint32_t behind_last_byte = (1u << (8 * padding)) - 1;
  if ((bits & behind_last_byte) != 0) return false;
  for (std::size_t i = 0; i < 3 - padding; ++i) {
    bytes += static_cast<char>(bits >> (16 - 8 * i) & 0xFF);
  }
  return true;
}

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= count ? kAlphabet[bits >> (18 - 6 * i) & 0x3F] : '=';
    }
  }
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::string_view quantum = text.substr(at, 4);
    const std::size_t padding = at + 4 == text.size() ? CountPadding(quantum) : 0;
    if (!AppendQuantum(quantum, padding, bytes)) return std::nullopt;
  }
  return bytes;
}

}  // namespace chat
