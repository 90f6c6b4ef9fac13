#include "protocol/websocket/utf8.h"

#include <cstddef>
#include <cstring>

namespace chat::websocket {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;

uint64_t LoadWord(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Returns the first byte at or after `at` that is not ASCII, or `end`. Chat is mostly ASCII, so
// this loop decides what a text message costs: 32 bytes a step, then 8, then one.
const char* SkipAscii(const char* at, const char* end) {
  for (; end - at >= 32; at += 32) {
    const uint64_t words = LoadWord(at) | LoadWord(at + 8) | LoadWord(at + 16) | LoadWord(at + 24);
    if ((words & kHighBits) != 0) break;
  }
  for (; end - at >= 8; at += 8) {
    if ((LoadWord(at) & kHighBits) != 0) break;
  }
  while (at != end && static_cast<uint8_t>(*at) < 0x80) ++at;
  return at;
}

}  // namespace

bool Utf8Validator::Consume(std::string_view bytes) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at != end) {
    if (complete()) {
      at = SkipAscii(at, end);
      if (at == end) return true;
      if (!ConsumeLead(static_cast<uint8_t>(*at))) return false;
    } else if (!ConsumeContinuation(static_cast<uint8_t>(*at))) {
      return false;
    }
    ++at;
  }
  return true;
}

bool Utf8Validator::ConsumeLead(uint8_t lead) {
  // C0 and C1 could only begin overlong forms; F5 and above lie beyond U+10FFFF.
  if (lead < 0xC2 || lead > 0xF4) return false;
  continuations_left_ = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  next_min_ = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  next_max_ = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return true;
}

bool Utf8Validator::ConsumeContinuation(uint8_t byte) {
  if (byte < next_min_ || byte > next_max_) return false;
  --continuations_left_;
  next_min_ = 0x80;
  next_max_ = 0xBF;
  return true;
}

bool IsUtf8(std::string_view text) {
  Utf8Validator validator;
  return validator.Consume(text) && validator.complete();
}

}  // namespace chat::websocket
