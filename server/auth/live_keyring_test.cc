#include "server/auth/live_keyring.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/auth/counting_random.h"
#include "server/auth/test_keyring.h"

namespace chat::auth {
namespace {

// A store whose answers to Load are given by hand.
class SlowKeys final : public SigningKeys {
 public:
  using Answer = Completion<std::vector<StoredSigningKey>, ReadError>;

  void LoadOrCreate(std::string, Answer done) override { done(keys); }
  void Load(Answer done) override { loads.push_back(std::move(done)); }
  void Rotate(NextSigningKey next, Answer done) override {
    keys.push_back({.key_id = keys.back().key_id + 1, .material = next.material, .created_at = {}});
    overlap = next.overlap;
    done(keys);
  }

  void AnswerLoad(Result<std::vector<StoredSigningKey>, ReadError> answer) {
    Answer done = std::move(loads.front());
    loads.erase(loads.begin());
    done(std::move(answer));
  }

  std::vector<StoredSigningKey> keys{PlainStoredKey(1, 1)};
  std::chrono::seconds overlap{};
  std::vector<Answer> loads;
};

class LiveKeyringTest : public testing::Test {
 protected:
  SlowKeys store_;
  CountingRandom random_;
  std::optional<KeyringError> failure_;
  LiveKeyring live_{
      MakeKeyring({PlainStoredKey(1, 1)}),
      {.store = store_, .random = random_, .secret = {}, .on_failure = [this](KeyringError error) {
         failure_ = error;
       }}};
  int refreshed_ = 0;
};

TEST_F(LiveKeyringTest, LearnsTheKeysOfTheStoreAndForgetsOthers) {
  live_.Refresh([this](auto answer) { refreshed_ += answer ? 1 : 0; });
  EXPECT_EQ(refreshed_, 0);

  store_.AnswerLoad(std::vector{PlainStoredKey(2, 2), PlainStoredKey(3, 3)});

  EXPECT_EQ(refreshed_, 1);
  EXPECT_EQ(live_.keyring().newest().key_id, 3u);
  EXPECT_EQ(live_.keyring().Find(1), nullptr);
  EXPECT_FALSE(failure_.has_value());
}

TEST_F(LiveKeyringTest, ReadsOnceForAllWhoAskMeanwhileButNotBeforeTheyAsked) {
  live_.Refresh([this](auto answer) { refreshed_ += answer ? 1 : 0; });
  for (int i = 0; i < 10; ++i) live_.Refresh([this](auto answer) { refreshed_ += answer ? 1 : 0; });
  EXPECT_EQ(store_.loads.size(), 1u);

  store_.AnswerLoad(store_.keys);
  EXPECT_EQ(refreshed_, 1) << "what the first read saw may be older than the others' question";
  ASSERT_EQ(store_.loads.size(), 1u);
  store_.AnswerLoad(store_.keys);

  EXPECT_EQ(refreshed_, 11);
  EXPECT_TRUE(store_.loads.empty());
}

TEST_F(LiveKeyringTest, KeepsItsKeysWhenTheStoreFails) {
  live_.Refresh([this](auto answer) { refreshed_ += answer ? 1 : 0; });
  store_.AnswerLoad(std::unexpected(ReadError::kUnavailable));

  EXPECT_EQ(refreshed_, 0);
  EXPECT_EQ(failure_, KeyringError::kUnavailable);
  EXPECT_EQ(live_.keyring().newest().key_id, 1u);
}

TEST_F(LiveKeyringTest, SignsWithANewKeyAtOnceAndKeepsTheOld) {
  std::optional<Result<std::uint32_t, KeyringError>> rotated;
  live_.Rotate(std::chrono::seconds(42), [&](auto answer) { rotated = answer; });

  EXPECT_EQ(rotated, (Result<std::uint32_t, KeyringError>(2)));
  EXPECT_EQ(store_.overlap, std::chrono::seconds(42));
  EXPECT_EQ(live_.keyring().newest().key_id, 2u);
  EXPECT_NE(live_.keyring().newest().material, live_.keyring().Find(1)->material);
}

TEST_F(LiveKeyringTest, DoesNotLoseANewKeyToAReadThatBeganBefore) {
  live_.Refresh([](auto) {});
  live_.Rotate(std::chrono::seconds(42), [](auto) {});

  store_.AnswerLoad(std::vector{PlainStoredKey(1, 1)});

  EXPECT_EQ(live_.keyring().newest().key_id, 2u);
}

}  // namespace
}  // namespace chat::auth
