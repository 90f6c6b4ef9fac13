#include "protocol/utf8.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace chat {
namespace {

// What may follow a first byte: so many bytes in all, and the range of the second.
struct Form {
  std::size_t bytes;
  unsigned char second_min;
  unsigned char second_max;
};

// The table of RFC 3629 §4, for first bytes that are not ASCII.
constexpr Form FormOf(unsigned char first) {
  if (first < 0xC2 || first > 0xF4) return {0, 0, 0};
  if (first < 0xE0) return {2, 0x80, 0xBF};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first < 0xF0) return {3, 0x80, 0xBF};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {4, 0x80, 0xBF};
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::size_t LeadingCodePointBytes(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const Form form = FormOf(first);
  if (form.bytes == 0 || text.size() < form.bytes) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  if (second < form.second_min || second > form.second_max) return 0;
  for (const char c : text.substr(2, form.bytes - 2)) {
    if (!IsContinuation(c)) return 0;
  }
  return form.bytes;
}

std::optional<std::size_t> CountCodePoints(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t bytes = LeadingCodePointBytes(text);
    if (bytes == 0) return std::nullopt;
    text.remove_prefix(bytes);
    ++count;
  }
  return count;
}

}  // namespace chat
