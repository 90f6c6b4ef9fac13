// The contract of the port Accounts.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {
namespace {

TEST_P(AccountsContract, FindsARegisteredUserByNameEmailAndId) {
  const NewAccount alice{.username = "alice", .email = "a@example.org", .password_hash = "$a$"};

  const auto user = Await<User, RegisterError>(
      [&](auto done) { store().accounts().Register(alice, std::move(done)); });

  ASSERT_TRUE(user.has_value());
  const auto by_name = Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindByUsername("alice", std::move(done)); });
  const auto by_email = Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindByEmail("a@example.org", std::move(done)); });
  const auto by_id = Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindById(user->user_id, std::move(done)); });
  for (const auto& found : {by_name, by_email, by_id}) {
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->user.user_id, user->user_id);
    EXPECT_EQ(found->user.username, "alice");
    EXPECT_EQ(found->user.display_name, "alice");
    EXPECT_EQ(found->user.created_at, clock().Now());
    EXPECT_FALSE(found->user.bot);
    EXPECT_EQ(found->email, "a@example.org");
    EXPECT_EQ(found->password_hash, "$a$");
    EXPECT_FALSE(found->disabled);
  }
}

TEST_P(AccountsContract, RefusesATakenUsername) {
  AddUser("alice");

  const auto again = Await<User, RegisterError>([&](auto done) {
    store().accounts().Register(
        {.username = "alice", .email = "b@example.org", .password_hash = ""}, std::move(done));
  });

  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error(), RegisterError::kUsernameTaken);
}

TEST_P(AccountsContract, RefusesATakenEmail) {
  AddUser("alice");

  const auto again = Await<User, RegisterError>([&](auto done) {
    store().accounts().Register(
        {.username = "bob", .email = "alice@example.org", .password_hash = ""}, std::move(done));
  });

  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error(), RegisterError::kEmailTaken);
}

TEST_P(AccountsContract, DoesNotFindWhoIsNotThere) {
  AddUser("alice");

  const auto by_name = Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindByUsername("bob", std::move(done)); });
  const auto by_email = Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindByEmail("bob@example.org", std::move(done)); });
  const auto by_id = Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindById(UserId(42), std::move(done)); });

  for (const auto& found : {by_name, by_email, by_id}) {
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error(), ViewError::kNotFound);
  }
}

TEST_P(AccountsContract, LetsOneOfManyConcurrentRegistrationsOfANameWin) {
  const auto answers = AwaitAll<User, RegisterError>(20, [&](int i, auto done) {
    store().accounts().Register(
        {.username = "alice", .email = std::to_string(i) + "@example.org", .password_hash = ""},
        std::move(done));
  });

  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& user) { return user.has_value(); }), 1);
  for (const auto& user : answers) {
    if (!user) {
      EXPECT_EQ(user.error(), RegisterError::kUsernameTaken);
    }
  }
}

TEST_P(AccountsContract, KeepsUsersOverARestart) {
  const UserId alice = AddUser("alice");

  store().Restart();

  const auto found = Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindByUsername("alice", std::move(done)); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->user.user_id, alice);
}

TEST_P(AccountsContract, StoresTextByteForByte) {
  const std::string hostile = "'; DROP TABLE users; -- \\ \" %_ \n\t ?1 :a $b \xF0\x9F\x98\x80";

  const auto user = Await<User, RegisterError>([&](auto done) {
    store().accounts().Register({.username = hostile, .email = hostile, .password_hash = hostile},
                                std::move(done));
  });

  ASSERT_TRUE(user.has_value());
  EXPECT_EQ(user->username, hostile);
  const auto found = Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindByEmail(hostile, std::move(done)); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->user.username, hostile);
  EXPECT_EQ(found->password_hash, hostile);
}

TEST_P(AccountsContract, GivesIdsThatRiseAndNeverRepeatOverARestart) {
  const UserId alice = AddUser("alice");
  store().Restart();
  // The clock goes back two hours, as after a repair.
  clock().Advance(-std::chrono::hours(2));

  const UserId bob = AddUser("bob");

  EXPECT_GT(bob, alice);
}

}  // namespace
}  // namespace chat::contracts
