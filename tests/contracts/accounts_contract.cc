// The contract of the port Accounts.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/ports/accounts.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {

Result<RefreshedSession, OpenSessionError> AccountsContract::OpenSession(
    UserId user, int token, std::optional<std::string> password_hash) {
  return Await<RefreshedSession, OpenSessionError>([&](auto done) {
    store().sessions().Open({.user_id = user,
                             .device_name = "a phone",
                             .refresh_hash = {static_cast<std::uint8_t>(token)},
                             .lifetime = kRefreshTokenLifetime,
                             .password_hash = password_hash},
                            std::move(done));
  });
}

Result<void, ViewError> AccountsContract::ChangePassword(PasswordChange change) {
  return Await<void, ViewError>(
      [&](auto done) { store().accounts().ChangePassword(change, std::move(done)); });
}

Result<Account, ViewError> AccountsContract::FindById(UserId user) {
  return Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindById(user, std::move(done)); });
}

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

TEST_P(AccountsContract, ChangesAPasswordAndRevokesTheOtherSessions) {
  const UserId alice = AddUser("alice");
  const auto phone = OpenSession(alice, 1);
  const auto laptop = OpenSession(alice, 2);
  ASSERT_TRUE(phone.has_value() && laptop.has_value());

  const auto changed = ChangePassword(
      {.changer = laptop->owner, .old_hash = "hash of alice", .new_hash = "another hash"});

  ASSERT_TRUE(changed.has_value());
  ASSERT_EQ(bus().revoked_sessions().size(), 1u);
  EXPECT_EQ(bus().revoked_sessions()[0].session_id, phone->owner.session_id);
  const auto found = Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindById(alice, std::move(done)); });
  EXPECT_EQ(found->password_hash, "another hash");
}

TEST_P(AccountsContract, LetsOneOfTwoChangesOfAPasswordWin) {
  const UserId alice = AddUser("alice");
  const auto session = OpenSession(alice, 1);
  ASSERT_TRUE(session.has_value());

  const auto answers = AwaitAll<void, ViewError>(2, [&](int i, auto done) {
    store().accounts().ChangePassword({.changer = session->owner,
                                       .old_hash = "hash of alice",
                                       .new_hash = "hash " + std::to_string(i)},
                                      std::move(done));
  });

  EXPECT_NE(answers[0].has_value(), answers[1].has_value());
  EXPECT_TRUE(bus().revoked_sessions().empty()) << "the one that changes it lives on";
}

// Whoever knew the old password may be why it was changed.
TEST_P(AccountsContract, OpensNoSessionForAPasswordThatWasChangedMeanwhile) {
  const UserId alice = AddUser("alice");
  const auto session = OpenSession(alice, 1, "hash of alice");
  ASSERT_TRUE(session.has_value());
  ASSERT_TRUE(
      ChangePassword(
          {.changer = session->owner, .old_hash = "hash of alice", .new_hash = "another hash"})
          .has_value());

  EXPECT_EQ(ErrorOf(OpenSession(alice, 2, "hash of alice")), OpenSessionError::kUserGone);
  EXPECT_TRUE(OpenSession(alice, 3, "another hash").has_value());
}

TEST_P(AccountsContract, ChangesTheDisplayNameOnly) {
  const UserId alice = AddUser("alice");

  const auto renamed = Await<Account, ViewError>(
      [&](auto done) { store().accounts().SetDisplayName(alice, "Alice A.", std::move(done)); });

  ASSERT_TRUE(renamed.has_value());
  EXPECT_EQ(renamed->user.display_name, "Alice A.");
  EXPECT_EQ(renamed->user.username, "alice");
  EXPECT_EQ(renamed->email, "alice@example.org");
  EXPECT_EQ(FindById(alice)->user.display_name, "Alice A.");
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
