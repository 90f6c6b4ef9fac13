// What several nodes do to one thing at the same moment comes to one result.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/ports/accounts.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"
#include "server/ports/sessions.h"
#include "server/postgres/two_nodes.h"

namespace chat::postgres {
namespace {

template <typename T, typename E>
int CountValues(const std::vector<Result<T, E>>& answers) {
  return static_cast<int>(
      std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); }));
}

template <typename T, typename E>
int CountErrors(const std::vector<Result<T, E>>& answers, E error) {
  return static_cast<int>(std::ranges::count_if(
      answers, [&](const auto& answer) { return !answer && answer.error() == error; }));
}

class AtomicityTest : public TwoNodesTest {
 protected:
  // Zero, and a failed test, when it cannot be done.
  SessionOwner OpenSession(UserId user, TokenHash token) {
    const auto session = Await<RefreshedSession, OpenSessionError>([&](auto done) {
      node(0).sessions.Open({.user_id = user,
                             .device_name = "a phone",
                             .refresh_hash = token,
                             .lifetime = kRefreshTokenLifetime},
                            std::move(done));
    });
    EXPECT_TRUE(session.has_value());
    return session ? session->owner : SessionOwner();
  }

  // `count` refreshes with one token on both nodes at once.
  std::vector<Result<RefreshedSession, RefreshError>> RotateAll(int count,
                                                                std::chrono::seconds grace) {
    return AwaitAll<RefreshedSession, RefreshError>(count, [&](int i, auto done) {
      node(i).sessions.Rotate({.presented = {1},
                               .next = {2, static_cast<std::uint8_t>(i)},
                               .lifetime = kRefreshTokenLifetime,
                               .reuse_grace = grace},
                              std::move(done));
    });
  }
};

TEST_F(AtomicityTest, LetsOneOfFiftyUsesOfATicketSucceed) {
  const SessionOwner session = OpenSession(AddUser("alice"), {1});
  const UnixTime expires_at = node(0).database->clock().Now() + kTicketLifetime;

  const auto uses = AwaitAll<SessionOwner, TicketError>(50, [&](int i, auto done) {
    node(i).sessions.ConsumeTicket(
        {.nonce = {7}, .session_id = session.session_id, .expires_at = expires_at},
        std::move(done));
  });

  EXPECT_EQ(CountValues(uses), 1);
  EXPECT_EQ(CountErrors(uses, TicketError::kUsed), 49);
}

TEST_F(AtomicityTest, RegistersOneOfTwentyOfTheSameName) {
  const auto registered = AwaitAll<User, RegisterError>(20, [&](int i, auto done) {
    node(i).accounts.Register(
        {.username = "alice", .email = std::to_string(i) + "@example.org", .password_hash = ""},
        std::move(done));
  });

  EXPECT_EQ(CountValues(registered), 1);
  EXPECT_EQ(CountErrors(registered, RegisterError::kUsernameTaken), 19);
}

TEST_F(AtomicityTest, RegistersOneOfTwentyOfTheSameEmail) {
  const auto registered = AwaitAll<User, RegisterError>(20, [&](int i, auto done) {
    node(i).accounts.Register(
        {.username = "user" + std::to_string(i), .email = "alice@example.org", .password_hash = ""},
        std::move(done));
  });

  EXPECT_EQ(CountValues(registered), 1);
  EXPECT_EQ(CountErrors(registered, RegisterError::kEmailTaken), 19);
}

TEST_F(AtomicityTest, OpensOneDirectConversationForBothSides) {
  const auto users = AddUsers(11);
  for (int i = 1; i < 11; ++i) MakeContacts(users[0], users[i]);

  for (int i = 1; i < 11; ++i) {
    const auto opened =
        AwaitAll<OpenedConversation, OpenConversationError>(4, [&](int k, auto done) {
          const UserId pair[] = {users[0], users[i]};
          node(k).conversations.OpenDirect(pair[k % 2], pair[(k + 1) % 2], std::move(done));
        });

    int created = 0;
    for (const auto& each : opened) {
      ASSERT_TRUE(each.has_value());
      EXPECT_EQ(each->view.conversation.conversation_id,
                opened[0]->view.conversation.conversation_id);
      created += each->created ? 1 : 0;
    }
    EXPECT_EQ(created, 1);
  }
  EXPECT_EQ(QueryNumber("SELECT count(*) FROM conversations"), 10);
}

TEST_F(AtomicityTest, MakesContactsOfTwoWhoAskEachOther) {
  const auto users = AddUsers(21);

  for (int i = 1; i < 21; ++i) {
    const auto contacts = AwaitAll<Contact, ContactError>(2, [&](int k, auto done) {
      const UserId pair[] = {users[0], users[i]};
      node(k).contacts.Request(pair[k], pair[1 - k], std::move(done));
    });

    EXPECT_EQ(CountValues(contacts), 2);
  }

  EXPECT_EQ(QueryNumber("SELECT count(*) FROM contacts WHERE state = 'contact'"), 40);
  EXPECT_EQ(QueryNumber("SELECT last_change FROM users WHERE username = 'user0'"), 40);
}

// Every pair of users from both sides, so that every two changes have a user in common.
TEST_F(AtomicityTest, EndsInNoDeadlockWhenEverybodyAsksEverybody) {
  const auto users = AddUsers(10);
  std::vector<std::pair<UserId, UserId>> pairs;
  for (const UserId one : users) {
    for (const UserId other : users) {
      if (one != other) pairs.emplace_back(one, other);
    }
  }

  const auto contacts =
      AwaitAll<Contact, ContactError>(static_cast<int>(pairs.size()), [&](int i, auto done) {
        node(i).contacts.Request(pairs[i].first, pairs[i].second, std::move(done));
      });

  EXPECT_EQ(CountErrors(contacts, ContactError::kUnavailable), 0);
  EXPECT_EQ(QueryNumber("SELECT count(*) FROM contacts WHERE state = 'contact'"), 90);
  EXPECT_EQ(QueryNumber("SELECT deadlocks FROM pg_stat_database "
                        "WHERE datname = current_database()"),
            0);
  EXPECT_EQ(QueryNumber("SELECT count(*) FROM users WHERE last_change <> 18"), 0)
      << "two for each of the others: asked, and agreed";
}

TEST_F(AtomicityTest, AcceptsAllConcurrentRefreshesWithOneTokenAndForgetsNone) {
  OpenSession(AddUser("alice"), {1});

  const auto rotated = RotateAll(20, kRefreshTokenGrace);

  EXPECT_EQ(CountValues(rotated), 20);
  EXPECT_EQ(QueryNumber("SELECT count(*) FROM replaced_refresh_tokens"), 20)
      << "the first one, and all that replaced it but the last";
  EXPECT_EQ(QueryNumber("SELECT count(*) FROM sessions s WHERE NOT EXISTS (SELECT 1 "
                        "FROM replaced_refresh_tokens r WHERE r.refresh_hash = s.refresh_hash)"),
            1);
}

TEST_F(AtomicityTest, RevokesASessionOnceWhenAReusedTokenComesManyTimes) {
  const SessionOwner session = OpenSession(AddUser("alice"), {1});
  ASSERT_EQ(CountValues(RotateAll(1, kRefreshTokenGrace)), 1);

  const auto reused = RotateAll(20, std::chrono::seconds(-1));

  EXPECT_EQ(CountErrors(reused, RefreshError::kReused), 1);
  EXPECT_EQ(CountErrors(reused, RefreshError::kUnknown), 19);
  std::vector<SessionOwner> told = node(0).bus.revoked_sessions();
  for (const SessionOwner& each : node(1).bus.revoked_sessions()) told.push_back(each);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].session_id, session.session_id);
}

TEST_F(AtomicityTest, KeepsTheLatestOfWhatManyNodesSawWithoutADeadlock) {
  const auto users = AddUsers(50);
  const UnixTime start = node(0).database->clock().Now();
  for (int i = 1; i <= 40; ++i) {
    std::vector<LastSeen> seen;
    for (const UserId user : users) {
      seen.push_back({.user_id = user, .last_seen_at = start + std::chrono::seconds(i)});
    }
    if (i % 2 == 0) std::ranges::reverse(seen);
    node(i).presence_records.RecordLastSeen(seen);
  }

  const std::string latest =
      std::to_string((start + std::chrono::seconds(40)).time_since_epoch().count());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (QueryNumber("SELECT count(*) FROM users WHERE last_seen_at = " + latest) < 50) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  EXPECT_EQ(QueryNumber("SELECT deadlocks FROM pg_stat_database "
                        "WHERE datname = current_database()"),
            0);
}

// Two servers that are started together on a database that has nothing yet.
class FirstStartTest : public TwoNodesTest {
 protected:
  FirstStartTest() : TwoNodesTest(contracts::Contents::kNothing) {}
};

TEST_F(FirstStartTest, GivesBothNodesTheSameSigningKey) {
  using Keys = std::vector<StoredSigningKey>;

  const auto keys = AwaitAll<Keys, ReadError>(10, [&](int i, auto done) {
    node(i).signing_keys.LoadOrCreate("key " + std::to_string(i), std::move(done));
  });

  for (const auto& each : keys) {
    ASSERT_TRUE(each.has_value());
    ASSERT_EQ(each->size(), 1u);
    EXPECT_EQ(each->front().key_id, 1u);
    EXPECT_EQ(each->front().material, keys[0]->front().material);
  }
}

}  // namespace
}  // namespace chat::postgres
