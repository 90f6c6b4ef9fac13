// Tests of what must hold while PostgreSQL, or the way to it, fails.

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/postgres/dependency.h"
#include "server/postgres/store_fixture.h"
#include "tests/harness/postgres_proxy.h"

namespace chat::postgres {
namespace {

using chat::testing::PostgresProxy;
using chat::testing::PostgresServer;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr ConversationId kRoom{100};
constexpr UserId kAnn{1};

class FaultsTest : public StoreFixture {
 protected:
  std::string UrlThrough(const PostgresProxy& proxy) const {
    return "postgresql://postgres@127.0.0.1:" + std::to_string(proxy.port()) +
           "/postgres?sslmode=disable";
  }

  // Sends one message after the other until it is stored, as a client that retries.
  Appended SendUntilStored(TestNode& node, const NewMessage& message) {
    for (int attempt = 0; attempt < 20; ++attempt) {
      const AppendResult result = node.Append(message);
      if (result) return *result;
      EXPECT_EQ(result.error(), AppendError::kUnavailable);
    }
    ADD_FAILURE() << "never stored";
    return {};
  }
};

TEST_F(FaultsTest, AnswersWithTheStoredSeqWhenTheCommitsAnswerWasLost) {
  PostgresProxy proxy({.port = server().port()});
  TestNode node(UrlThrough(proxy), "one");
  AddGroup(kRoom, 2);
  ASSERT_TRUE(node.Append(TextMessage(kRoom, kAnn, "1", "first")).has_value());
  proxy.LoseAnswerTo("a lost one");

  const AppendResult result = node.Append(TextMessage(kRoom, kAnn, "2", "a lost one"));
  const AppendResult next = node.Append(TextMessage(kRoom, kAnn, "3", "third"));

  EXPECT_EQ(proxy.lost_count(), 1);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->seq, Seq(2));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(StoredTexts(kRoom), (std::vector<std::string>{"first", "a lost one", "third"}));
  EXPECT_EQ(node.database().counters().doubts, 1u);
  const auto& batches = node.bus().batches();
  ASSERT_EQ(batches.size(), 3u) << "what was committed is told";
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(batches[i]->position.batch, i + 1);
    ASSERT_EQ(batches[i]->entries.size(), 1u);
    EXPECT_EQ(batches[i]->entries[0].entry.seq, Seq(static_cast<std::int64_t>(i) + 1));
  }
}

TEST_F(FaultsTest, FindsOutAboutAChangeWhoseCommitsAnswerWasLost) {
  PostgresProxy proxy({.port = server().port()});
  TestNode node(UrlThrough(proxy), "one");
  int runs = 0;
  const auto change = [&] {
    return node.Await<int, ReadError>([&](auto done) {
      node.database().Change(
          node.executor(), std::move(done),
          [&runs](ChangeTransaction& transaction) -> Result<int, ReadError> {
            transaction.batch.revoked_sessions.push_back({SessionId(7), UserId(8)});
            return ++runs;
          });
    });
  };
  ASSERT_EQ(change(), 1);
  proxy.LoseAnswerTo("COMMIT");

  const auto changed = change();

  EXPECT_EQ(proxy.lost_count(), 1);
  EXPECT_EQ(changed, 2) << "the job ran once and is answered with what it said";
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Count("SELECT max(batch) FROM commit_log WHERE lane = 2"), 2);
  ASSERT_EQ(node.bus().batches().size(), 2u);
  EXPECT_EQ(node.bus().batches()[1]->position.batch, 2u);
  EXPECT_EQ(node.bus().revoked_sessions().size(), 2u);
}

TEST_F(FaultsTest, KeepsEverythingOnceWhileBackendsAreTerminated) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 5);
  std::map<std::string, std::shared_ptr<std::optional<AppendResult>>> answers;
  for (int i = 0; i < 600; ++i) {
    const std::string text = std::to_string(i);
    answers[text] = node.StartAppend(TextMessage(kRoom, UserId(1 + i % 5), text, text));
    if (i % 50 == 25) {
      server().Execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
          "WHERE application_name LIKE 'chat-be%'");
    }
    if (i % 10 == 9) node.Finish();
  }
  node.Finish();

  const std::vector<std::string> stored = StoredTexts(kRoom);
  EXPECT_EQ(std::set(stored.begin(), stored.end()).size(), stored.size()) << "none twice";
  for (const auto& [text, answer] : answers) {
    if (!(*answer)->has_value()) continue;
    const auto index = static_cast<std::size_t>((**answer)->seq.number()) - 1;
    ASSERT_LT(index, stored.size());
    EXPECT_EQ(stored[index], text);
  }
  EXPECT_GT(node.database().counters().reconnects, 0u);
}

TEST_F(FaultsTest, LosesNothingAckedWhenPostgresCrashes) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 5);
  std::map<std::string, Seq> acked;
  for (int i = 0; i < 60; ++i) {
    const std::string text = std::to_string(i);
    if (i % 20 == 10) {
      const auto in_flight = node.StartAppend(TextMessage(kRoom, kAnn, text, text));
      server().Kill();
      server().Restart();
      node.Finish();
    }
    acked[text] = SendUntilStored(node, TextMessage(kRoom, kAnn, text, text)).seq;
  }

  const std::vector<std::string> stored = StoredTexts(kRoom);
  ASSERT_EQ(stored.size(), 60u);
  for (const auto& [text, seq] : acked) {
    EXPECT_EQ(stored[static_cast<std::size_t>(seq.number()) - 1], text);
  }
}

TEST_F(FaultsTest, SaysWhetherTheStoreCanBeWritten) {
  TestNode node(url(), "one");
  Dependency dependency(node.database(), node.executor());
  const auto check = [&] {
    std::optional<DependencyState> state;
    dependency.Check([&state](DependencyState checked) { state = std::move(checked); });
    EXPECT_TRUE(node.executor().RunUntil([&] { return state.has_value(); }));
    return state.value_or(DependencyState());
  };
  EXPECT_TRUE(check().ready);

  server().Stop(PostgresServer::StopMode::kFast);
  const DependencyState gone = check();
  EXPECT_FALSE(gone.ready);
  EXPECT_NE(gone.detail, "");

  server().Restart();
  EXPECT_TRUE(check().ready);
}

TEST_F(FaultsTest, AnswersInTimeWhilePostgresIsFrozenOrGone) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 5);
  ASSERT_TRUE(node.Append(TextMessage(kRoom, kAnn, "0", "before")).has_value());
  server().Freeze();
  const auto start = steady_clock::now();

  for (int i = 0; i < 300; ++i) {
    const std::string text = "frozen " + std::to_string(i);
    node.StartAppend(TextMessage(kRoom, kAnn, text, text));
  }
  const auto read = node.Await<int, ReadError>([&](auto done) {
    node.database().Read(node.executor(), std::move(done),
                         [](Transaction& transaction) -> Result<int, ReadError> {
                           return transaction.Run("SELECT 1")[0][0].as<int>();
                         });
  });
  node.Finish();

  EXPECT_LT(steady_clock::now() - start, seconds(4));
  EXPECT_FALSE(read.has_value());
  EXPECT_NE(node.database().last_failure(), "");
  server().Thaw();
  SendUntilStored(node, TextMessage(kRoom, kAnn, "thawed", "thawed"));
  const std::vector<std::string> stored = StoredTexts(kRoom);
  EXPECT_EQ(std::set(stored.begin(), stored.end()).size(), stored.size()) << "none twice";

  server().Stop(PostgresServer::StopMode::kFast);
  const auto gone = steady_clock::now();
  EXPECT_FALSE(node.Append(TextMessage(kRoom, kAnn, "gone", "gone")).has_value());
  EXPECT_LT(steady_clock::now() - gone, seconds(4));
  server().Restart();
  SendUntilStored(node, TextMessage(kRoom, kAnn, "back", "back"));
  EXPECT_EQ(node.database().last_failure(), "");
}

}  // namespace
}  // namespace chat::postgres
