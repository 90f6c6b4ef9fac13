// The contract of the port Sessions.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/ports/sessions.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::chrono::seconds kLifetime = kRefreshTokenLifetime;

// Any number stands for a token; only its hash reaches the store.
TokenHash HashOf(int token) {
  TokenHash hash{};
  hash.fill(0xA5);
  hash[0] = static_cast<std::uint8_t>(token);
  return hash;
}

TicketNonce NonceOf(int number) {
  TicketNonce nonce{};
  nonce.fill(0x5A);
  nonce[0] = static_cast<std::uint8_t>(number);
  return nonce;
}

}  // namespace

Result<RefreshedSession, OpenSessionError> SessionsContract::Open(UserId user, int token) {
  return Await<RefreshedSession, OpenSessionError>([&](auto done) {
    store().sessions().Open({.user_id = user,
                             .device_name = "a phone",
                             .refresh_hash = HashOf(token),
                             .lifetime = kLifetime},
                            std::move(done));
  });
}

Result<RefreshedSession, RefreshError> SessionsContract::Rotate(int presented, int next) {
  return Await<RefreshedSession, RefreshError>([&](auto done) {
    store().sessions().Rotate({.presented = HashOf(presented),
                               .next = HashOf(next),
                               .lifetime = kLifetime,
                               .reuse_grace = kRefreshTokenGrace},
                              std::move(done));
  });
}

Result<SessionOwner, ViewError> SessionsContract::FindActive(SessionId session) {
  return Await<SessionOwner, ViewError>(
      [&](auto done) { store().sessions().FindActive(session, std::move(done)); });
}

Result<SessionOwner, TicketError> SessionsContract::UseTicket(SessionId session, int nonce) {
  return Await<SessionOwner, TicketError>([&](auto done) {
    store().sessions().ConsumeTicket({.nonce = NonceOf(nonce),
                                      .session_id = session,
                                      .expires_at = clock().Now() + kTicketLifetime},
                                     std::move(done));
  });
}

Result<void, ViewError> SessionsContract::Revoke(SessionOwner owner) {
  return Await<void, ViewError>(
      [&](auto done) { store().sessions().Revoke(owner, std::move(done)); });
}

std::vector<StoredSession> SessionsContract::List(UserId user, SessionId after, int limit) {
  const auto sessions = Await<std::vector<StoredSession>, ReadError>([&](auto done) {
    store().sessions().List({.user = user, .after = after, .limit = limit}, std::move(done));
  });
  EXPECT_TRUE(sessions.has_value());
  return sessions.value_or(std::vector<StoredSession>());
}

namespace {

TEST_P(SessionsContract, FindsAnOpenedSessionUntilItExpires) {
  const UserId alice = AddUser("alice");

  const auto session = Open(alice, 1);

  ASSERT_TRUE(session.has_value());
  EXPECT_EQ(session->owner.user_id, alice);
  EXPECT_EQ(session->expires_at, clock().Now() + kLifetime);
  clock().Advance(kLifetime - milliseconds(1));
  const auto active = FindActive(session->owner.session_id);
  ASSERT_TRUE(active.has_value());
  EXPECT_EQ(active->session_id, session->owner.session_id);
  EXPECT_EQ(active->user_id, alice);
  clock().Advance(milliseconds(1));
  EXPECT_EQ(ErrorOf(FindActive(session->owner.session_id)), ViewError::kNotFound);
}

TEST_P(SessionsContract, FindsWhichSessionsAreNoLongerActive) {
  const UserId alice = AddUser("alice");
  const UserId bob = AddUser("bob");
  const auto lives = Open(alice, 1);
  const auto revoked = Open(alice, 2);
  const auto disabled = Open(bob, 3);
  ASSERT_TRUE(Revoke(revoked->owner).has_value());
  const auto done_so =
      Await<void, ReadError>([&](auto done) { store().Disable(bob, std::move(done)); });
  ASSERT_TRUE(done_so.has_value());
  const std::vector<SessionId> asked = {lives->owner.session_id, revoked->owner.session_id,
                                        disabled->owner.session_id, SessionId(42)};
  const auto ended = [&] {
    auto found = Await<std::vector<SessionId>, ReadError>(
        [&](auto done) { store().sessions().FindEnded(asked, std::move(done)); });
    EXPECT_TRUE(found.has_value());
    return std::set<SessionId>(found->begin(), found->end());
  };

  EXPECT_EQ(ended(), (std::set{asked[1], asked[2], asked[3]}));
  clock().Advance(kRefreshTokenLifetime);
  EXPECT_EQ(ended(), std::set(asked.begin(), asked.end())) << "all have expired";
}

TEST_P(SessionsContract, OpensNoneForWhoIsGoneOrDisabled) {
  const UserId alice = AddUser("alice");
  const auto before = Open(alice, 1);
  ASSERT_TRUE(before.has_value());

  const auto disabled =
      Await<void, ReadError>([&](auto done) { store().Disable(alice, std::move(done)); });

  ASSERT_TRUE(disabled.has_value());
  EXPECT_EQ(ErrorOf(Open(alice, 2)), OpenSessionError::kUserGone);
  EXPECT_EQ(ErrorOf(Open(UserId(42), 3)), OpenSessionError::kUserGone);
  EXPECT_EQ(ErrorOf(FindActive(before->owner.session_id)), ViewError::kNotFound);
  EXPECT_EQ(ErrorOf(Rotate(1, 4)), RefreshError::kUnknown);
}

TEST_P(SessionsContract, RotatesARefreshTokenAndProlongsTheSession) {
  const auto session = Open(AddUser("alice"), 1);
  ASSERT_TRUE(session.has_value());
  clock().Advance(std::chrono::days(20));

  const auto rotated = Rotate(1, 2);

  ASSERT_TRUE(rotated.has_value());
  EXPECT_EQ(rotated->owner.session_id, session->owner.session_id);
  EXPECT_EQ(rotated->expires_at, clock().Now() + kLifetime);
  clock().Advance(std::chrono::days(20));
  EXPECT_TRUE(FindActive(session->owner.session_id).has_value());
  EXPECT_TRUE(Rotate(2, 3).has_value());
}

TEST_P(SessionsContract, AcceptsAReplacedTokenWithinTheGrace) {
  const auto session = Open(AddUser("alice"), 1);
  ASSERT_TRUE(session.has_value());
  ASSERT_TRUE(Rotate(1, 2).has_value());
  clock().Advance(kRefreshTokenGrace);

  const auto again = Rotate(1, 3);

  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->owner.session_id, session->owner.session_id);
  EXPECT_TRUE(Rotate(3, 4).has_value());
  EXPECT_TRUE(bus().revoked_sessions().empty());
}

TEST_P(SessionsContract, RevokesTheSessionWhenAReplacedTokenComesAfterTheGrace) {
  const auto session = Open(AddUser("alice"), 1);
  ASSERT_TRUE(session.has_value());
  ASSERT_TRUE(Rotate(1, 2).has_value());
  clock().Advance(kRefreshTokenGrace + milliseconds(1));

  const auto reused = Rotate(1, 3);

  EXPECT_EQ(ErrorOf(reused), RefreshError::kReused);
  ASSERT_EQ(bus().revoked_sessions().size(), 1u);
  EXPECT_EQ(bus().revoked_sessions()[0].session_id, session->owner.session_id);
  EXPECT_EQ(ErrorOf(FindActive(session->owner.session_id)), ViewError::kNotFound);
  EXPECT_EQ(ErrorOf(Rotate(2, 4)), RefreshError::kUnknown);
  EXPECT_EQ(ErrorOf(Rotate(1, 5)), RefreshError::kUnknown);
}

// A thief who refreshes more than once must not outrun the memory of what was replaced.
TEST_P(SessionsContract, RevokesTheSessionWhenAnyEarlierTokenComesBack) {
  const auto session = Open(AddUser("alice"), 1);
  ASSERT_TRUE(session.has_value());
  for (int token = 1; token < 20; ++token) {
    ASSERT_TRUE(Rotate(token, token + 1).has_value());
    clock().Advance(seconds(60));
  }
  store().Restart();

  const auto reused = Rotate(1, 99);

  EXPECT_EQ(ErrorOf(reused), RefreshError::kReused);
  EXPECT_EQ(ErrorOf(FindActive(session->owner.session_id)), ViewError::kNotFound);
}

TEST_P(SessionsContract, KnowsNoTokenThatWasNeverIssuedOrHasExpired) {
  ASSERT_TRUE(Open(AddUser("alice"), 1).has_value());

  EXPECT_EQ(ErrorOf(Rotate(2, 3)), RefreshError::kUnknown);
  clock().Advance(kLifetime);
  EXPECT_EQ(ErrorOf(Rotate(1, 3)), RefreshError::kUnknown);
}

// Which of them comes last is each store's own; none may leave the session without a good token.
TEST_P(SessionsContract, AcceptsConcurrentRotationsOfOneTokenWithinTheGrace) {
  ASSERT_TRUE(Open(AddUser("alice"), 1).has_value());

  const auto answers = AwaitAll<RefreshedSession, RefreshError>(10, [&](int i, auto done) {
    store().sessions().Rotate({.presented = HashOf(1),
                               .next = HashOf(100 + i),
                               .lifetime = kLifetime,
                               .reuse_grace = kRefreshTokenGrace},
                              std::move(done));
  });

  for (const auto& answer : answers) EXPECT_TRUE(answer.has_value());
  ASSERT_TRUE(Rotate(1, 200).has_value()) << "still within the grace";
  clock().Advance(kRefreshTokenGrace + milliseconds(1));
  EXPECT_TRUE(Rotate(200, 201).has_value());
  EXPECT_EQ(ErrorOf(Rotate(105, 202)), RefreshError::kReused);
}

TEST_P(SessionsContract, TellsOfARevocationOnce) {
  const auto session = Open(AddUser("alice"), 1);
  ASSERT_TRUE(session.has_value());

  EXPECT_TRUE(Revoke(session->owner).has_value());
  EXPECT_EQ(ErrorOf(Revoke(session->owner)), ViewError::kNotFound);

  ASSERT_EQ(bus().revoked_sessions().size(), 1u);
  EXPECT_EQ(bus().revoked_sessions()[0].user_id, session->owner.user_id);
  EXPECT_EQ(ErrorOf(FindActive(session->owner.session_id)), ViewError::kNotFound);
  EXPECT_EQ(ErrorOf(Rotate(1, 2)), RefreshError::kUnknown);
}

TEST_P(SessionsContract, RevokesNoSessionOfAnotherUser) {
  const auto session = Open(AddUser("alice"), 1);
  ASSERT_TRUE(session.has_value());

  const SessionOwner other{.session_id = session->owner.session_id, .user_id = AddUser("mallory")};
  EXPECT_EQ(ErrorOf(Revoke(other)), ViewError::kNotFound);

  EXPECT_TRUE(FindActive(session->owner.session_id).has_value());
  EXPECT_TRUE(bus().revoked_sessions().empty());
}

TEST_P(SessionsContract, RevokesAllSessionsOfAUserButOne) {
  const UserId alice = AddUser("alice");
  std::vector<SessionId> sessions;
  for (int i = 1; i <= 3; ++i) sessions.push_back(Open(alice, i)->owner.session_id);
  const SessionId of_bob = Open(AddUser("bob"), 4)->owner.session_id;

  const auto revoked = Await<void, ReadError>([&](auto done) {
    store().sessions().RevokeOthers({.session_id = sessions[1], .user_id = alice}, std::move(done));
  });

  ASSERT_TRUE(revoked.has_value());
  EXPECT_EQ(bus().revoked_sessions().size(), 2u);
  EXPECT_EQ(ErrorOf(FindActive(sessions[0])), ViewError::kNotFound);
  EXPECT_TRUE(FindActive(sessions[1]).has_value());
  EXPECT_EQ(ErrorOf(FindActive(sessions[2])), ViewError::kNotFound);
  EXPECT_TRUE(FindActive(of_bob).has_value());
}

TEST_P(SessionsContract, ListsWhatIsNeitherRevokedNorExpiredInPages) {
  const UserId alice = AddUser("alice");
  ASSERT_TRUE(Open(alice, 1).has_value());
  clock().Advance(seconds(1));
  std::vector<SessionId> sessions;
  for (int i = 2; i <= 4; ++i) sessions.push_back(Open(alice, i)->owner.session_id);
  clock().Advance(kLifetime - seconds(1));
  ASSERT_TRUE(Revoke({.session_id = sessions[2], .user_id = alice}).has_value());
  Open(AddUser("bob"), 5);

  const auto all = List(alice);
  const auto second = List(alice, sessions[0], 1);

  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].session_id, sessions[0]);
  EXPECT_EQ(all[0].device_name, "a phone");
  EXPECT_EQ(all[0].created_at, clock().Now() - kLifetime + seconds(1));
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].session_id, sessions[1]);
}

TEST_P(SessionsContract, ShowsWhenASessionWasUsedLast) {
  const UserId alice = AddUser("alice");
  ASSERT_TRUE(Open(alice, 1).has_value());
  clock().Advance(seconds(5));
  ASSERT_TRUE(Rotate(1, 2).has_value());

  ASSERT_EQ(List(alice).size(), 1u);
  EXPECT_EQ(List(alice)[0].created_at, clock().Now() - seconds(5));
  EXPECT_EQ(List(alice)[0].last_used_at, clock().Now());
}

TEST_P(SessionsContract, LetsOneOfFiftyConcurrentUsesOfATicketSucceed) {
  const auto session = Open(AddUser("alice"), 1);
  ASSERT_TRUE(session.has_value());

  const auto answers = AwaitAll<SessionOwner, TicketError>(50, [&](int, auto done) {
    store().sessions().ConsumeTicket({.nonce = NonceOf(1),
                                      .session_id = session->owner.session_id,
                                      .expires_at = clock().Now() + kTicketLifetime},
                                     std::move(done));
  });

  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& use) { return use.has_value(); }), 1);
  for (const auto& use : answers) {
    EXPECT_TRUE(use.has_value() || use.error() == TicketError::kUsed);
  }
}

TEST_P(SessionsContract, KnowsAUsedTicketAfterARestart) {
  const auto session = Open(AddUser("alice"), 1);
  ASSERT_TRUE(session.has_value());
  ASSERT_TRUE(UseTicket(session->owner.session_id, 7).has_value());

  store().Restart();

  EXPECT_EQ(ErrorOf(UseTicket(session->owner.session_id, 7)), TicketError::kUsed);
  EXPECT_TRUE(UseTicket(session->owner.session_id, 8).has_value());
}

// Its nonce may be forgotten by now, so nothing else would stop a second use.
TEST_P(SessionsContract, RefusesATicketThatHasExpired) {
  const auto session = Open(AddUser("alice"), 1);
  ASSERT_TRUE(session.has_value());

  const auto use = Await<SessionOwner, TicketError>([&](auto done) {
    store().sessions().ConsumeTicket(
        {.nonce = NonceOf(1), .session_id = session->owner.session_id, .expires_at = clock().Now()},
        std::move(done));
  });

  EXPECT_EQ(ErrorOf(use), TicketError::kUsed);
}

TEST_P(SessionsContract, RefusesATicketOfARevokedSession) {
  const auto session = Open(AddUser("alice"), 1);
  ASSERT_TRUE(session.has_value());

  ASSERT_TRUE(Revoke(session->owner).has_value());

  EXPECT_EQ(ErrorOf(UseTicket(session->owner.session_id, 1)), TicketError::kSessionEnded);
}

}  // namespace
}  // namespace chat::contracts
