#include "server/auth/password_hasher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "server/ports/executor.h"
#include "server/runtime/worker_pool.h"
#include "tests/contracts/hand_executor.h"

namespace chat::auth {
namespace {

// The least that Argon2id takes, so that the tests are quick.
constexpr HashCost kCheap{.passes = 1, .memory_bytes = 8192};

PasswordHasher::Submit SubmitTo(runtime::WorkerPool& pool) {
  return [&pool](Task task) { return pool.Submit(std::move(task)); };
}

class PasswordHasherTest : public testing::Test {
 protected:
  Result<std::string, HashError> Hash(const PasswordHasher& hasher, std::string password) {
    std::optional<Result<std::string, HashError>> answer;
    hasher.Hash(std::move(password), executor_, [&](auto result) { answer = std::move(result); });
    EXPECT_TRUE(executor_.RunUntil([&] { return answer.has_value(); }));
    return *std::move(answer);
  }

  Result<PasswordMatch, HashError> Verify(const PasswordHasher& hasher, std::string password,
                                          std::optional<std::string> hash) {
    std::optional<Result<PasswordMatch, HashError>> answer;
    hasher.Verify(std::move(password), std::move(hash), executor_,
                  [&](auto result) { answer = result; });
    EXPECT_TRUE(executor_.RunUntil([&] { return answer.has_value(); }));
    return *std::move(answer);
  }

  contracts::HandExecutor executor_;
  runtime::WorkerPool pool_{{.threads = 2, .queued_max = 4}};
};

TEST_F(PasswordHasherTest, VerifiesTheRightPasswordOnly) {
  const PasswordHasher hasher(SubmitTo(pool_), kCheap);

  const auto hash = Hash(hasher, "correct horse");

  ASSERT_TRUE(hash.has_value());
  EXPECT_EQ(Verify(hasher, "correct horse", *hash), PasswordMatch::kMatch);
  EXPECT_EQ(Verify(hasher, "correct hors", *hash), PasswordMatch::kMismatch);
  EXPECT_EQ(Verify(hasher, "", *hash), PasswordMatch::kMismatch);
}

TEST_F(PasswordHasherTest, TakesEveryByteOfThePasswordIntoAccount) {
  const PasswordHasher hasher(SubmitTo(pool_), kCheap);
  const std::string longest(1024, 'x');

  const auto hash = Hash(hasher, longest);
  const auto with_zero = Hash(hasher, std::string("a\0b", 3));

  ASSERT_TRUE(hash && with_zero);
  EXPECT_EQ(Verify(hasher, longest, *hash), PasswordMatch::kMatch);
  EXPECT_EQ(Verify(hasher, longest.substr(1), *hash), PasswordMatch::kMismatch);
  EXPECT_EQ(Verify(hasher, std::string("a\0b", 3), *with_zero), PasswordMatch::kMatch);
  EXPECT_EQ(Verify(hasher, std::string("a\0c", 3), *with_zero), PasswordMatch::kMismatch);
}

TEST_F(PasswordHasherTest, SaltsEachHash) {
  const PasswordHasher hasher(SubmitTo(pool_), kCheap);

  const auto one = Hash(hasher, "same password");
  const auto other = Hash(hasher, "same password");

  ASSERT_TRUE(one && other);
  EXPECT_NE(*one, *other);
}

TEST_F(PasswordHasherTest, HashesWithArgon2idAt19MebibytesAndTwoPasses) {
  const PasswordHasher hasher(SubmitTo(pool_));

  const auto hash = Hash(hasher, "correct horse");

  ASSERT_TRUE(hash.has_value());
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hash;
}

TEST_F(PasswordHasherTest, RefusesAMalformedHash) {
  const PasswordHasher hasher(SubmitTo(pool_), kCheap);

  EXPECT_EQ(Verify(hasher, "correct horse", ""), PasswordMatch::kMismatch);
  EXPECT_EQ(Verify(hasher, "correct horse", "$argon2id$"), PasswordMatch::kMismatch);
}

TEST_F(PasswordHasherTest, NeverMatchesAnUnknownUser) {
  const PasswordHasher hasher(SubmitTo(pool_), kCheap);

  EXPECT_EQ(Verify(hasher, "no user has this hash", std::nullopt), PasswordMatch::kMismatch);
}

TEST_F(PasswordHasherTest, WorksAsLongForAnUnknownUser) {
  using Clock = std::chrono::steady_clock;
  const PasswordHasher hasher(SubmitTo(pool_));
  const auto hash = Hash(hasher, "correct horse");
  ASSERT_TRUE(hash.has_value());
  // The quickest of some, so that a busy machine changes little.
  const auto quickest = [&](const std::optional<std::string>& stored) {
    Clock::duration least = Clock::duration::max();
    for (int round = 0; round < 5; ++round) {
      const Clock::time_point start = Clock::now();
      EXPECT_EQ(Verify(hasher, "wrong password", stored), PasswordMatch::kMismatch);
      least = std::min(least, Clock::now() - start);
    }
    return least;
  };

  const Clock::duration known = quickest(*hash);
  const Clock::duration unknown = quickest(std::nullopt);

  EXPECT_LT(known, 3 * unknown);
  EXPECT_LT(unknown, 3 * known);
}

TEST_F(PasswordHasherTest, AnswersBusyWhenTooManyWait) {
  runtime::WorkerPool pool({.threads = 1, .queued_max = 0});
  const PasswordHasher hasher(SubmitTo(pool), kCheap);

  EXPECT_EQ(Hash(hasher, "correct horse").error(), HashError::kBusy);
  EXPECT_EQ(Verify(hasher, "correct horse", std::nullopt).error(), HashError::kBusy);
}

TEST_F(PasswordHasherTest, CompletesOnItsExecutorOnly) {
  const PasswordHasher hasher(SubmitTo(pool_), kCheap);
  bool completed = false;

  hasher.Hash("correct horse", executor_, [&](const auto&) { completed = true; });

  ASSERT_TRUE(executor_.WaitForTasks(1));
  EXPECT_FALSE(completed);
  EXPECT_TRUE(executor_.RunUntil([&] { return completed; }));
}

}  // namespace
}  // namespace chat::auth
