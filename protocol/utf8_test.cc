#include "protocol/utf8.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace chat {
namespace {

using std::string_view_literals::operator""sv;

// The UTF-8 form of any number up to 0x1FFFFF, legal or not.
std::string Encode(unsigned code_point) {
  const auto continuation = [code_point](int shift) {
    return static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) return {static_cast<char>(code_point)};
  if (code_point < 0x800) return {static_cast<char>(0xC0 | (code_point >> 6)), continuation(0)};
  if (code_point < 0x10000) {
    return {static_cast<char>(0xE0 | (code_point >> 12)), continuation(6), continuation(0)};
  }
  return {static_cast<char>(0xF0 | (code_point >> 18)), continuation(12), continuation(6),
          continuation(0)};
}

TEST(Utf8Test, TakesExactlyTheScalarValues) {
  for (unsigned code_point = 0; code_point < 0x120000; ++code_point) {
    const std::string text = Encode(code_point);
    const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    const std::size_t expected = surrogate || code_point > 0x10FFFF ? 0 : text.size();
    ASSERT_EQ(LeadingCodePointBytes(text), expected) << std::hex << code_point;
  }
}

TEST(Utf8Test, RefusesOverlongForms) {
  for (const std::string_view text :
       {"\xC0\x80"sv, "\xC1\xBF"sv, "\xE0\x80\x80"sv, "\xE0\x9F\xBF"sv, "\xF0\x80\x80\x80"sv,
        "\xF0\x8F\xBF\xBF"sv}) {
    EXPECT_EQ(LeadingCodePointBytes(text), 0u);
  }
}

TEST(Utf8Test, RefusesWhatEndsTooEarly) {
  for (const unsigned code_point : {0xE9u, 0x20ACu, 0x1F600u}) {
    const std::string text = Encode(code_point);
    for (std::size_t size = 0; size < text.size(); ++size) {
      EXPECT_EQ(LeadingCodePointBytes(std::string_view(text).substr(0, size)), 0u);
    }
  }
}

TEST(Utf8Test, RefusesStrayBytes) {
  for (const std::string_view text : {"\x80"sv, "\xBF"sv, "\xFE"sv, "\xFF"sv,
                                      "\xC3("
                                      ""sv,
                                      "\xE2\x82("sv, "\xF0\x9F\x98("sv}) {
    EXPECT_EQ(LeadingCodePointBytes(text), 0u);
  }
}

TEST(Utf8Test, CountsCodePointsNotBytes) {
  EXPECT_EQ(CountCodePoints(""), 0u);
  EXPECT_EQ(CountCodePoints("abc"), 3u);
  EXPECT_EQ(CountCodePoints("h\u00e9\u20ac\U0001F600"), 4u);
  EXPECT_EQ(CountCodePoints("a\0b"sv), 3u);
  EXPECT_EQ(CountCodePoints("ab\xFF"), std::nullopt);
}

}  // namespace
}  // namespace chat
