#include "server/auth/keyring.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/auth/counting_random.h"
#include "server/auth/test_keyring.h"

namespace chat::auth {
namespace {

constexpr std::string_view kSecretText = "q7VnR2xT9bLk4mZs0HwYc1fUe8JdPa6G";
constexpr std::string_view kOtherSecretText = "W3eKt5ZyQ1oXv8NcBr0MhJ4uLg7SiDf2";

std::optional<WrappingSecret> Secret(std::string_view text) {
  const auto secret = WrappingSecret::Make(text);
  EXPECT_TRUE(secret.has_value());
  return secret ? std::optional(*secret) : std::nullopt;
}

// A store as the port describes it: it keeps the first key it is offered.
class RememberedKeys final : public SigningKeys {
 public:
  void LoadOrCreate(std::string first,
                    Completion<std::vector<StoredSigningKey>, ReadError> done) override {
    if (!available) return done(std::unexpected(ReadError::kUnavailable));
    if (keys.empty()) keys.push_back({.key_id = 1, .material = std::move(first), .created_at = {}});
    done(keys);
  }

  void Load(Completion<std::vector<StoredSigningKey>, ReadError>) override { std::abort(); }
  void Rotate(NextSigningKey, Completion<std::vector<StoredSigningKey>, ReadError>) override {
    std::abort();
  }

  std::vector<StoredSigningKey> keys;
  bool available = true;
};

Result<Keyring, KeyringError> Load(SigningKeys& store, std::optional<WrappingSecret> secret) {
  CountingRandom random;
  std::optional<Result<Keyring, KeyringError>> loaded;
  LoadKeyring(store, std::move(secret), random, [&](auto keyring) { loaded = std::move(keyring); });
  EXPECT_TRUE(loaded.has_value());
  return *std::move(loaded);
}

TEST(KeyringTest, SignsWithTheNewestAndKnowsAll) {
  const Keyring keyring = MakeKeyring({PlainStoredKey(4, 1), PlainStoredKey(7, 2)});

  EXPECT_EQ(keyring.newest().key_id, 7u);
  ASSERT_NE(keyring.Find(4), nullptr);
  EXPECT_EQ(keyring.Find(4)->material[0], 1);
  EXPECT_EQ(keyring.Find(5), nullptr);
}

TEST(KeyringTest, RefusesToOpenWithoutKeys) {
  EXPECT_EQ(Keyring::Open({}, nullptr).error(), KeyringError::kNoKeys);
}

TEST(KeyringTest, RefusesMalformedKeys) {
  for (const char* material : {"", "plain1.", "plain1.AAAA", "plain2.AAAA", "AAAA", "box1"}) {
    const std::vector<StoredSigningKey> stored = {
        {.key_id = 1, .material = material, .created_at = {}}};
    const auto keyring = Keyring::Open(stored, nullptr);
    ASSERT_FALSE(keyring.has_value()) << material;
    EXPECT_EQ(keyring.error(), KeyringError::kMalformed) << material;
  }
}

TEST(KeyringTest, MakesTheFirstKeyOnceForAllNodes) {
  RememberedKeys store;

  const auto one = Load(store, std::nullopt);
  const auto other = Load(store, std::nullopt);

  ASSERT_TRUE(one && other);
  EXPECT_EQ(store.keys.size(), 1u);
  EXPECT_EQ(one->newest().material, other->newest().material);
  EXPECT_EQ(one->unwrapped_count(), 1u);
}

TEST(KeyringTest, WrapsItsKeyWhenThereIsASecret) {
  RememberedKeys store;

  const auto keyring = Load(store, Secret(kSecretText));
  const auto again = Load(store, Secret(kSecretText));

  ASSERT_TRUE(keyring && again);
  EXPECT_EQ(keyring->newest().material, again->newest().material);
  EXPECT_EQ(keyring->unwrapped_count(), 0u);
  EXPECT_EQ(store.keys[0].material.find(EncodeBase64Url(keyring->newest().material)),
            std::string::npos);
}

TEST(KeyringTest, SaysWhichSecretIsMissingOrWrong) {
  RememberedKeys store;
  ASSERT_TRUE(Load(store, Secret(kSecretText)).has_value());

  EXPECT_EQ(Load(store, std::nullopt).error(), KeyringError::kSecretMissing);
  EXPECT_EQ(Load(store, Secret(kOtherSecretText)).error(), KeyringError::kWrongSecret);
}

TEST(KeyringTest, StillOpensAKeyFromBeforeTheSecret) {
  RememberedKeys store;
  const auto before = Load(store, std::nullopt);

  const auto after = Load(store, Secret(kSecretText));

  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->newest().material, after->newest().material);
  EXPECT_EQ(after->unwrapped_count(), 1u);
}

TEST(KeyringTest, SaysThatTheStoreIsUnavailable) {
  RememberedKeys store;
  store.available = false;

  EXPECT_EQ(Load(store, std::nullopt).error(), KeyringError::kUnavailable);
}

}  // namespace
}  // namespace chat::auth
