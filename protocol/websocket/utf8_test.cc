#include "protocol/websocket/utf8.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chat::websocket {
namespace {

// The plain definition of UTF-8, by which code points are written: RFC 3629 §3.
std::string Encode(uint32_t code_point) {
  std::string text;
  const auto push = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    push(code_point);
  } else if (code_point < 0x800) {
    push(0xC0 | code_point >> 6);
    push(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    push(0xE0 | code_point >> 12);
    push(0x80 | (code_point >> 6 & 0x3F));
    push(0x80 | (code_point & 0x3F));
  } else {
    push(0xF0 | code_point >> 18);
    push(0x80 | (code_point >> 12 & 0x3F));
    push(0x80 | (code_point >> 6 & 0x3F));
    push(0x80 | (code_point & 0x3F));
  }
  return text;
}

// The place of the first byte that is refused, fed byte by byte.
std::optional<size_t> FirstBadByte(std::string_view text) {
  Utf8Validator validator;
  for (size_t at = 0; at < text.size(); ++at) {
    if (!validator.Consume(text.substr(at, 1))) return at;
  }
  return std::nullopt;
}

TEST(Utf8Test, AcceptsEveryCodePointAndNoSurrogate) {
  for (uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
    const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    ASSERT_EQ(IsUtf8(Encode(code_point)), !surrogate) << std::hex << code_point;
  }
}

// Every sequence of three bytes that is accepted must be one that the definition can produce, and
// there are exactly as many of those as sequences that are accepted.
TEST(Utf8Test, AcceptsExactlyAsManyThreeByteTextsAsExist) {
  const size_t ones = 0x80;
  const size_t twos = 0x800 - 0x80;
  const size_t threes = 0x10000 - 0x800 - 0x800;
  size_t accepted = 0;
  for (uint32_t bits = 0; bits < 1u << 24; ++bits) {
    const char bytes[] = {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8),
                          static_cast<char>(bits)};
    accepted += IsUtf8({bytes, 3}) ? 1 : 0;
  }
  EXPECT_EQ(accepted, ones * ones * ones + 2 * ones * twos + threes);
}

TEST(Utf8Test, RefusesAtTheFirstBadByte) {
  struct Case {
    std::string_view what;
    std::string text;
    size_t bad_at;
  };
  const std::vector<Case> cases = {
      {"stray continuation", "ab\x80", 2},
      {"overlong slash, two bytes", "\xC0\xAF", 0},
      {"overlong, C1", "\xC1\xBF", 0},
      {"overlong slash, three bytes", "\xE0\x80\xAF", 1},
      {"overlong, largest of three bytes", "\xE0\x9F\xBF", 1},
      {"overlong slash, four bytes", "\xF0\x80\x80\xAF", 1},
      {"overlong, largest of four bytes", "\xF0\x8F\xBF\xBF", 1},
      {"first surrogate", "\xED\xA0\x80", 1},
      {"last surrogate", "\xED\xBF\xBF", 1},
      {"U+110000", "\xF4\x90\x80\x80", 1},
      {"five-byte lead", "\xF8\x88\x80\x80\x80", 0},
      {"FE", "\xFE", 0},
      {"FF", "\xFF", 0},
      {"second continuation missing", "\xE2\x82(", 2},
      {"third continuation missing", "\xF0\x9F\x98\xC3", 3},
      {"after a long run of ASCII", std::string(71, 'a') + "\xFF", 71},
  };
  for (const Case& c : cases) EXPECT_EQ(FirstBadByte(c.text), c.bad_at) << c.what;
}

TEST(Utf8Test, GivesTheSameVerdictForEverySplit) {
  const std::string padding(37, 'x');
  for (const std::string& middle :
       {std::string("\xF0\x9F\x98\x80"), std::string("\xE2\x82\xAC"), std::string("\xED\xA0\x80"),
        std::string("\xF4\x90\x80\x80"), std::string("\xC3\xA9\xC3")}) {
    const std::string text = padding + middle + padding;
    for (size_t at = 0; at <= text.size(); ++at) {
      Utf8Validator validator;
      const bool split = validator.Consume(std::string_view(text).substr(0, at)) &&
                         validator.Consume(std::string_view(text).substr(at)) &&
                         validator.complete();
      ASSERT_EQ(split, IsUtf8(text)) << "split at " << at;
    }
  }
}

TEST(Utf8Test, IsIncompleteInsideACodePoint) {
  const std::string_view smiley = "\xF0\x9F\x98\x80";
  Utf8Validator validator;
  for (size_t bytes = 1; bytes <= smiley.size(); ++bytes) {
    ASSERT_TRUE(validator.Consume(smiley.substr(bytes - 1, 1)));
    EXPECT_EQ(validator.complete(), bytes == smiley.size());
  }
}

TEST(Utf8Test, FindsABadByteAtEveryPlaceOfALongText) {
  for (size_t size = 1; size <= 80; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\xFF';
      ASSERT_FALSE(IsUtf8(text)) << at << " of " << size;
    }
  }
}

}  // namespace
}  // namespace chat::websocket
