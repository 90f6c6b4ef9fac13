#include "server/auth/base64url.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace chat::auth {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(Base64UrlTest, WritesTheAlphabetOfUrlsWithoutPadding) {
  EXPECT_EQ(EncodeBase64Url(Bytes{}), "");
  EXPECT_EQ(EncodeBase64Url(Bytes{0xfb}), "-w");
  EXPECT_EQ(EncodeBase64Url(Bytes{0xff, 0xff}), "__8");
  EXPECT_EQ(EncodeBase64Url(Bytes{'f', 'o', 'o'}), "Zm9v");
}

TEST(Base64UrlTest, ReadsBackEveryByteAtEveryPlace) {
  for (std::size_t size = 0; size <= 9; ++size) {
    for (int value = 0; value < 256; ++value) {
      const Bytes bytes(size, static_cast<std::uint8_t>(value));
      EXPECT_EQ(DecodeBase64Url(EncodeBase64Url(bytes)), bytes);
    }
  }
}

TEST(Base64UrlTest, RefusesWhatIsNotTheOneTextOfSomeBytes) {
  for (const char* text :
       {"-w==", "-x", "Z", "Zm9v ", " Zm9v", "Zm\n9v", "+w", "/w", "Zm9v.", "=", "Zm9v="}) {
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
  EXPECT_EQ(DecodeBase64Url(std::string("Zm9v\0", 5)), std::nullopt);
}

TEST(Base64UrlTest, RefusesBytesThatAreNotAscii) {
  const std::string text =
      EncodeBase64Url(Bytes{0x00, 0x10, 0x83, 0x10, 0x51, 0x87, 0x20, 0x92, 0xff});
  ASSERT_NE(DecodeBase64Url(text), std::nullopt);

  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string flipped = text;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x80);
    EXPECT_EQ(DecodeBase64Url(flipped), std::nullopt) << "byte " << i;
  }
}

}  // namespace
}  // namespace chat::auth
