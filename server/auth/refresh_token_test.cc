#include "server/auth/refresh_token.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "server/auth/counting_random.h"
#include "server/auth/secure_random.h"

namespace chat::auth {
namespace {

TEST(RefreshTokenTest, IsKnownToTheStoreByItsHash) {
  CountingRandom random;

  const RefreshToken token = MakeRefreshToken(random);

  EXPECT_EQ(token.text, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
  EXPECT_EQ(HashRefreshToken(token.text), token.hash);
  // SHA-256 of the bytes 0 to 31.
  EXPECT_EQ(token.hash[0], 0x63);
  EXPECT_EQ(token.hash[1], 0x0d);
  EXPECT_EQ(token.hash[31], 0xdd);
}

TEST(RefreshTokenTest, IsDifferentEachTime) {
  SystemRandom random;

  EXPECT_NE(MakeRefreshToken(random).text, MakeRefreshToken(random).text);
}

TEST(RefreshTokenTest, RefusesWhatCannotBeOne) {
  SystemRandom random;
  const std::string text = MakeRefreshToken(random).text;

  EXPECT_EQ(HashRefreshToken(""), std::nullopt);
  EXPECT_EQ(HashRefreshToken(text.substr(1)), std::nullopt);
  EXPECT_EQ(HashRefreshToken(text + "="), std::nullopt);
  EXPECT_EQ(HashRefreshToken(text.substr(1) + "+"), std::nullopt);
  // 43 characters hold 258 bits: the last two must be zero.
  EXPECT_EQ(HashRefreshToken(std::string(42, 'A') + "B"), std::nullopt);
}

}  // namespace
}  // namespace chat::auth
