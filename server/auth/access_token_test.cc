#include "server/auth/access_token.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/auth/test_keyring.h"
#include "server/auth/ticket.h"

namespace chat::auth {
namespace {

using std::chrono::milliseconds;

constexpr UnixTime kNow{milliseconds(1'795'000'000'000)};
constexpr UnixTime kExpiry = kNow + std::chrono::minutes(15);

AccessClaims SomeClaims() {
  return {.owner = {.session_id = SessionId(0x7123456789abcdef), .user_id = UserId(42)},
          .expires_at = kExpiry};
}

std::optional<TokenError> ErrorOf(const Keyring& keyring, std::string_view token) {
  const auto claims = VerifyAccessToken(keyring, token, kNow);
  return claims ? std::nullopt : std::optional(claims.error());
}

TEST(AccessTokenTest, CarriesUserSessionAndExpiry) {
  const Keyring keyring = MakeKeyring();

  const auto claims = VerifyAccessToken(keyring, IssueAccessToken(keyring, SomeClaims()), kNow);

  ASSERT_TRUE(claims.has_value());
  EXPECT_EQ(claims->owner.user_id, SomeClaims().owner.user_id);
  EXPECT_EQ(claims->owner.session_id, SomeClaims().owner.session_id);
  EXPECT_EQ(claims->expires_at, kExpiry);
}

TEST(AccessTokenTest, HasTheFormOfTheContract) {
  const Keyring keyring = MakeKeyring({PlainStoredKey(4'294'967'295, 1)});

  const std::string token = IssueAccessToken(keyring, SomeClaims());

  EXPECT_TRUE(token.starts_with("v1.4294967295.")) << token;
  EXPECT_EQ(token.size(), 14 + 32 + 1 + 43u);
  EXPECT_TRUE(VerifyAccessToken(keyring, token, kNow).has_value());
}

// Computed with Python's hmac and base64, not with this code.
TEST(AccessTokenTest, IsTheSameOnEveryNodeAndVersion) {
  EXPECT_EQ(IssueAccessToken(MakeKeyring(), SomeClaims()),
            "v1.1.AAAAAAAAACpxI0VniavN7wAAAaHuZBmg.gpLK_YfsyOPYUj3i3UXOknNbApWbjzhDsY2KJ2VKF6M");
}

TEST(AccessTokenTest, RefusesEveryFlippedBit) {
  const Keyring keyring = MakeKeyring();
  const std::string token = IssueAccessToken(keyring, SomeClaims());

  for (std::size_t i = 0; i < token.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = token;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      EXPECT_TRUE(ErrorOf(keyring, flipped).has_value()) << "byte " << i << " bit " << bit;
    }
  }
}

TEST(AccessTokenTest, RefusesEveryTruncationAndAnythingAppended) {
  const Keyring keyring = MakeKeyring();
  const std::string token = IssueAccessToken(keyring, SomeClaims());

  for (std::size_t i = 0; i < token.size(); ++i) {
    EXPECT_TRUE(ErrorOf(keyring, token.substr(0, i)).has_value()) << i;
    EXPECT_TRUE(ErrorOf(keyring, token.substr(i + 1)).has_value()) << i;
  }
  for (const char* tail : {" ", "A", "=", ".", "\n"}) {
    EXPECT_EQ(ErrorOf(keyring, token + tail), TokenError::kMalformed) << tail;
  }
}

TEST(AccessTokenTest, RefusesOtherForms) {
  const Keyring keyring = MakeKeyring();
  const std::string token = IssueAccessToken(keyring, SomeClaims());
  const std::string rest = token.substr(token.find('.', 3));

  EXPECT_EQ(ErrorOf(keyring, ""), TokenError::kMalformed);
  EXPECT_EQ(ErrorOf(keyring, "v1.1.."), TokenError::kMalformed);
  EXPECT_EQ(ErrorOf(keyring, "v1.01" + rest), TokenError::kMalformed);
  EXPECT_EQ(ErrorOf(keyring, "v1.+1" + rest), TokenError::kMalformed);
  EXPECT_EQ(ErrorOf(keyring, "v1.4294967297" + rest), TokenError::kMalformed);
  EXPECT_EQ(ErrorOf(keyring, std::string(1'000'000, 'v')), TokenError::kMalformed);
  // A JSON Web Token with {"alg":"none"}, and ours with an empty signature.
  EXPECT_EQ(ErrorOf(keyring, "eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MiJ9."), TokenError::kMalformed);
  EXPECT_EQ(ErrorOf(keyring, token.substr(0, token.rfind('.') + 1)), TokenError::kMalformed);
}

TEST(AccessTokenTest, RefusesOtherAndRetiredKeys) {
  const Keyring old = MakeKeyring({PlainStoredKey(1, 1)});
  const Keyring rotated = MakeKeyring({PlainStoredKey(1, 1), PlainStoredKey(2, 2)});
  const Keyring retired = MakeKeyring({PlainStoredKey(2, 2)});
  const Keyring other = MakeKeyring({PlainStoredKey(1, 9)});
  const std::string token = IssueAccessToken(old, SomeClaims());

  EXPECT_EQ(ErrorOf(rotated, token), std::nullopt);
  EXPECT_EQ(ErrorOf(retired, token), TokenError::kUnknownKey);
  EXPECT_EQ(ErrorOf(old, IssueAccessToken(rotated, SomeClaims())), TokenError::kNewerKey);
  EXPECT_EQ(ErrorOf(other, token), TokenError::kBadSignature);
}

TEST(AccessTokenTest, ExpiresToTheMillisecond) {
  const Keyring keyring = MakeKeyring();
  const std::string token = IssueAccessToken(keyring, SomeClaims());

  EXPECT_TRUE(VerifyAccessToken(keyring, token, kExpiry - milliseconds(1)).has_value());
  EXPECT_EQ(VerifyAccessToken(keyring, token, kExpiry).error(), TokenError::kExpired);
}

TEST(AccessTokenTest, IsNoTicketAndATicketIsNoAccessToken) {
  const Keyring keyring = MakeKeyring();
  const std::string token = IssueAccessToken(keyring, SomeClaims());
  const std::string ticket =
      IssueTicket(keyring, {.nonce = {}, .session_id = SessionId(1), .expires_at = kExpiry});

  EXPECT_EQ(VerifyTicket(keyring, token, kNow).error(), TokenError::kBadSignature);
  EXPECT_EQ(ErrorOf(keyring, ticket), TokenError::kBadSignature);
}

}  // namespace
}  // namespace chat::auth
