#include "protocol/base64.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace chat {
namespace {

TEST(Base64Test, AgreesWithTheVectorsOfRfc4648) {
  EXPECT_EQ(EncodeBase64(""), "");
  EXPECT_EQ(EncodeBase64("f"), "Zg==");
  EXPECT_EQ(EncodeBase64("fo"), "Zm8=");
  EXPECT_EQ(EncodeBase64("foo"), "Zm9v");
  EXPECT_EQ(EncodeBase64("foob"), "Zm9vYg==");
  EXPECT_EQ(EncodeBase64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(EncodeBase64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(EncodeBase64("\xFF\xEF\xBE"), "/+++");
}

TEST(Base64Test, ReadsBackAnyBytes) {
  std::mt19937 random(3);
  for (std::size_t size = 0; size < 100; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());

    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
  }
}

TEST(Base64Test, RefusesEveryOtherForm) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zm9v\n", "Zm 9v", "Zm9-", "Zm9_",
        "Zg==Zg==", "Zh==", "Zm9=", "Zm=v", "Z\xC3\xA9=="}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace chat
