#include "server/auth/wrapping_secret.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "server/auth/counting_random.h"

namespace chat::auth {
namespace {

// Read from a random source once; long enough and in no way special.
constexpr std::string_view kSecret = "q7VnR2xT9bLk4mZs0HwYc1fUe8JdPa6G";
constexpr std::string_view kOtherSecret = "W3eKt5ZyQ1oXv8NcBr0MhJ4uLg7SiDf2";

SecretError ErrorOf(std::string_view contents) {
  const auto secret = WrappingSecret::Make(contents);
  EXPECT_FALSE(secret.has_value()) << contents;
  return secret ? SecretError{} : secret.error();
}

KeyMaterial SomeMaterial() {
  KeyMaterial material;
  CountingRandom().Fill(material);
  return material;
}

TEST(WrappingSecretTest, RefusesShortSecrets) {
  EXPECT_EQ(ErrorOf(""), SecretError::kTooShort);
  EXPECT_EQ(ErrorOf(kSecret.substr(0, 31)), SecretError::kTooShort);
  EXPECT_TRUE(WrappingSecret::Make(kSecret.substr(0, 32)).has_value());
}

TEST(WrappingSecretTest, RefusesSampleSecrets) {
  EXPECT_EQ(ErrorOf("ChangeMe-q7VnR2xT9bLk4mZs0HwYc1fU"), SecretError::kSample);
  EXPECT_EQ(ErrorOf("your-256-bit-secret-goes-in-here"), SecretError::kSample);
  EXPECT_EQ(ErrorOf("PASSWORDq7VnR2xT9bLk4mZs0HwYc1fU"), SecretError::kSample);
}

TEST(WrappingSecretTest, RefusesSecretsOfLittleEntropy) {
  EXPECT_EQ(ErrorOf(std::string(64, '\0')), SecretError::kRepeats);
  EXPECT_EQ(ErrorOf("q7VnR2xTq7VnR2xTq7VnR2xTq7VnR2xT"), SecretError::kRepeats);
  EXPECT_EQ(ErrorOf("0123456789abcdefghijklmnopqrstuvwxyz"), SecretError::kRuns);
  EXPECT_EQ(ErrorOf("acacceaaeccaeeacaccaeaceacecacecce"), SecretError::kTooFewValues);
}

TEST(WrappingSecretTest, AcceptsRandomBytesAndRandomHexadecimalDigits) {
  SystemRandom random;
  for (int round = 0; round < 200; ++round) {
    std::string bytes(32, '\0');
    random.Fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    EXPECT_TRUE(WrappingSecret::Make(bytes).has_value());

    std::string digits;
    for (const char byte : bytes) digits += "0123456789abcdef"[byte & 15];
    EXPECT_TRUE(WrappingSecret::Make(digits).has_value()) << digits;
  }
}

TEST(WrappingSecretTest, ExplainsEachRefusal) {
  EXPECT_EQ(Explain(SecretError::kTooShort), "is shorter than 32 bytes");
  EXPECT_EQ(Explain(SecretError::kSample), "contains a word that only sample secrets have");
}

TEST(WrappingSecretTest, UnwrapsWhatItWrapped) {
  CountingRandom random;
  const auto secret = WrappingSecret::Make(kSecret);
  ASSERT_TRUE(secret.has_value());

  const std::string wrapped = secret->Wrap(SomeMaterial(), random);

  EXPECT_EQ(secret->Unwrap(wrapped), SomeMaterial());
}

TEST(WrappingSecretTest, WrapsTheSameKeyDifferentlyEachTime) {
  CountingRandom random;
  const auto secret = WrappingSecret::Make(kSecret);
  ASSERT_TRUE(secret.has_value());

  EXPECT_NE(secret->Wrap(SomeMaterial(), random), secret->Wrap(SomeMaterial(), random));
}

TEST(WrappingSecretTest, RefusesWhatAnotherSecretWrapped) {
  CountingRandom random;
  const auto secret = WrappingSecret::Make(kSecret);
  const auto other = WrappingSecret::Make(kOtherSecret);
  const auto longer = WrappingSecret::Make(std::string(kSecret) + "\n");
  ASSERT_TRUE(secret && other && longer);

  const std::string wrapped = secret->Wrap(SomeMaterial(), random);

  EXPECT_EQ(other->Unwrap(wrapped), std::nullopt);
  EXPECT_EQ(longer->Unwrap(wrapped), std::nullopt);
}

TEST(WrappingSecretTest, RefusesEveryFlippedBitAndEveryTruncation) {
  CountingRandom random;
  const auto secret = WrappingSecret::Make(kSecret);
  ASSERT_TRUE(secret.has_value());
  const std::string wrapped = secret->Wrap(SomeMaterial(), random);

  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    EXPECT_EQ(secret->Unwrap(wrapped.substr(0, i)), std::nullopt);
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = wrapped;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      EXPECT_EQ(secret->Unwrap(flipped), std::nullopt) << "byte " << i << " bit " << bit;
    }
  }
}

}  // namespace
}  // namespace chat::auth
