#include "server/auth/authenticator.h"

#include <gtest/gtest.h>

#include <chrono>
#include <expected>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/limits.h"
#include "server/auth/counting_random.h"
#include "server/auth/credential_issuer.h"
#include "server/auth/test_keyring.h"

namespace chat::auth {
namespace {

constexpr SessionOwner kOwner{.session_id = SessionId(5), .user_id = UserId(42)};

class SetClock final : public Clock {
 public:
  UnixTime Now() const override { return now; }
  UnixTime now{std::chrono::milliseconds(1'795'000'000'000)};
};

// One active session; what the authenticator does not call is a bug to call.
class OneSession final : public Sessions {
 public:
  void Open(NewSession, Completion<RefreshedSession, OpenSessionError>) override { std::abort(); }
  void Rotate(RefreshRotation, Completion<RefreshedSession, RefreshError>) override {
    std::abort();
  }
  void Revoke(SessionOwner, Completion<void, ViewError>) override { std::abort(); }
  void RevokeOthers(SessionOwner, Completion<void, ReadError>) override { std::abort(); }
  void List(SessionPageRequest, Completion<std::vector<StoredSession>, ReadError>) override {
    std::abort();
  }
  void FindEnded(std::vector<SessionId>, Completion<std::vector<SessionId>, ReadError>) override {
    std::abort();
  }

  void FindActive(SessionId session, Completion<SessionOwner, ViewError> done) override {
    ++lookups;
    if (!available) return done(std::unexpected(ViewError::kUnavailable));
    if (!active || session != kOwner.session_id) return done(std::unexpected(ViewError::kNotFound));
    done(SessionOwner{.session_id = session, .user_id = user});
  }

  void ConsumeTicket(TicketUse use, Completion<SessionOwner, TicketError> done) override {
    if (!available) return done(std::unexpected(TicketError::kUnavailable));
    if (!active) return done(std::unexpected(TicketError::kSessionEnded));
    if (!used.insert(use.nonce).second) return done(std::unexpected(TicketError::kUsed));
    done(SessionOwner{.session_id = use.session_id, .user_id = user});
  }

  bool available = true;
  bool active = true;
  UserId user = kOwner.user_id;
  int lookups = 0;
  std::set<TicketNonce> used;
};

class AuthenticatorTest : public testing::Test {
 protected:
  Result<SessionOwner, AuthError> CheckAccessToken(std::string_view token) {
    std::optional<Result<SessionOwner, AuthError>> answer;
    authenticator_.CheckAccessToken(token, [&](auto owner) { answer = owner; });
    EXPECT_TRUE(answer.has_value());
    return *answer;
  }

  Result<SessionOwner, AuthError> CheckTicket(std::string_view ticket) {
    std::optional<Result<SessionOwner, AuthError>> answer;
    authenticator_.CheckTicket(ticket, [&](auto owner) { answer = owner; });
    EXPECT_TRUE(answer.has_value());
    return *answer;
  }

  SetClock clock_;
  OneSession sessions_;
  CountingRandom random_;
  Keyring keyring_ = MakeKeyring();
  CredentialIssuer issuer_{keyring_, random_, clock_};
  Authenticator authenticator_{keyring_, sessions_, clock_,
                               [this](Completion<void, KeyringError> done) {
                                 ++refreshes_;
                                 if (fresh_) keyring_ = *fresh_;
                                 done(refreshed_);
                               }};
  int refreshes_ = 0;
  std::optional<Keyring> fresh_;
  Result<void, KeyringError> refreshed_;
};

TEST_F(AuthenticatorTest, FindsTheOwnerOfAnAccessToken) {
  const IssuedCredential token = issuer_.AccessToken(kOwner);

  const auto owner = CheckAccessToken(token.text);

  ASSERT_TRUE(owner.has_value());
  EXPECT_EQ(owner->user_id, kOwner.user_id);
  EXPECT_EQ(owner->session_id, kOwner.session_id);
  EXPECT_EQ(token.expires_at, clock_.now + kAccessTokenLifetime);
}

TEST_F(AuthenticatorTest, RefusesARevokedSessionAtOnce) {
  const IssuedCredential token = issuer_.AccessToken(kOwner);
  ASSERT_TRUE(CheckAccessToken(token.text).has_value());

  sessions_.active = false;

  EXPECT_EQ(CheckAccessToken(token.text).error(), AuthError::kUnauthenticated);
  EXPECT_EQ(CheckTicket(issuer_.Ticket(kOwner.session_id).text).error(),
            AuthError::kUnauthenticated);
}

TEST_F(AuthenticatorTest, RefusesAnExpiredTokenWithoutAskingTheStore) {
  const IssuedCredential token = issuer_.AccessToken(kOwner);

  clock_.now += kAccessTokenLifetime;

  EXPECT_EQ(CheckAccessToken(token.text).error(), AuthError::kUnauthenticated);
  EXPECT_EQ(CheckAccessToken("v1.1.x.x").error(), AuthError::kUnauthenticated);
  EXPECT_EQ(sessions_.lookups, 0);
}

TEST_F(AuthenticatorTest, RefusesATokenWhoseSessionIsSomeoneElses) {
  const IssuedCredential token = issuer_.AccessToken(kOwner);

  sessions_.user = UserId(43);

  EXPECT_EQ(CheckAccessToken(token.text).error(), AuthError::kUnauthenticated);
}

TEST_F(AuthenticatorTest, TakesATicketOnce) {
  const IssuedCredential ticket = issuer_.Ticket(kOwner.session_id);
  const IssuedCredential other = issuer_.Ticket(kOwner.session_id);

  const auto first = CheckTicket(ticket.text);

  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->user_id, kOwner.user_id);
  EXPECT_EQ(CheckTicket(ticket.text).error(), AuthError::kUnauthenticated);
  EXPECT_TRUE(CheckTicket(other.text).has_value());
}

TEST_F(AuthenticatorTest, RefusesAnExpiredTicketAndAnAccessTokenInItsPlace) {
  const IssuedCredential ticket = issuer_.Ticket(kOwner.session_id);
  const IssuedCredential token = issuer_.AccessToken(kOwner);

  EXPECT_EQ(CheckTicket(token.text).error(), AuthError::kUnauthenticated);
  EXPECT_EQ(CheckAccessToken(ticket.text).error(), AuthError::kUnauthenticated);
  clock_.now += kTicketLifetime;
  EXPECT_EQ(CheckTicket(ticket.text).error(), AuthError::kUnauthenticated);
  EXPECT_TRUE(sessions_.used.empty());
}

TEST_F(AuthenticatorTest, LooksForAKeyThatAnotherNodeMadeAMomentAgo) {
  fresh_ = MakeKeyring({PlainStoredKey(1, 0x5a), PlainStoredKey(2, 2)});
  const CredentialIssuer elsewhere(*fresh_, random_, clock_);

  EXPECT_TRUE(CheckAccessToken(elsewhere.AccessToken(kOwner).text).has_value());
  EXPECT_TRUE(CheckTicket(elsewhere.Ticket(kOwner.session_id).text).has_value());
  EXPECT_EQ(refreshes_, 1) << "from then on it is known";
}

TEST_F(AuthenticatorTest, RefusesAKeyThatNobodyMadeAfterOneLook) {
  const Keyring forged = MakeKeyring({PlainStoredKey(2, 2)});
  const std::string token = CredentialIssuer(forged, random_, clock_).AccessToken(kOwner).text;

  EXPECT_EQ(CheckAccessToken(token).error(), AuthError::kUnauthenticated);
  EXPECT_EQ(refreshes_, 1);
  EXPECT_EQ(sessions_.lookups, 0);
}

TEST_F(AuthenticatorTest, DoesNotKnowWithoutTheStoreWhetherAKeyIsForged) {
  const Keyring newer = MakeKeyring({PlainStoredKey(2, 2)});
  refreshed_ = std::unexpected(KeyringError::kUnavailable);

  EXPECT_EQ(
      CheckAccessToken(CredentialIssuer(newer, random_, clock_).AccessToken(kOwner).text).error(),
      AuthError::kUnavailable);
}

TEST_F(AuthenticatorTest, TellsAnAbsentStoreFromABadToken) {
  sessions_.available = false;

  EXPECT_EQ(CheckAccessToken(issuer_.AccessToken(kOwner).text).error(), AuthError::kUnavailable);
  EXPECT_EQ(CheckTicket(issuer_.Ticket(kOwner.session_id).text).error(), AuthError::kUnavailable);
}

}  // namespace
}  // namespace chat::auth
