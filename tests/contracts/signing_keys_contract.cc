// The contract of the port SigningKeys.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/ports/signing_keys.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {
namespace {

using Keys = std::vector<StoredSigningKey>;

TEST_P(SigningKeysContract, KeepsTheFirstKeyByteForByteAndOverARestart) {
  const std::string material("\0\x01\xFF key \0", 9);
  const auto created = Await<Keys, ReadError>(
      [&](auto done) { store().signing_keys().LoadOrCreate(material, std::move(done)); });
  store().Restart();

  const auto loaded = Await<Keys, ReadError>(
      [&](auto done) { store().signing_keys().LoadOrCreate("another", std::move(done)); });

  for (const auto& keys : {created, loaded}) {
    ASSERT_TRUE(keys.has_value());
    ASSERT_EQ(keys->size(), 1u);
    EXPECT_EQ(keys->front().key_id, 1u);
    EXPECT_EQ(keys->front().material, material);
    EXPECT_EQ(keys->front().created_at, clock().Now());
  }
}

TEST_P(SigningKeysContract, GivesAllWhoStartAtOnceTheSameKey) {
  const auto answers = AwaitAll<Keys, ReadError>(10, [&](int i, auto done) {
    store().signing_keys().LoadOrCreate("key of node " + std::to_string(i), std::move(done));
  });

  for (const auto& keys : answers) {
    ASSERT_TRUE(keys.has_value());
    ASSERT_EQ(keys->size(), 1u);
    EXPECT_EQ(keys->front().material, answers.front()->front().material);
  }
}

}  // namespace
}  // namespace chat::contracts
