// Tests that statements find their rows by the right indexes, also with plans that were made when
// the tables were empty.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/postgres/commit_log.h"
#include "server/postgres/connection.h"
#include "server/postgres/lease.h"
#include "server/postgres/link.h"
#include "server/postgres/messages.h"
#include "server/postgres/store_fixture.h"
#include "server/postgres/upkeep.h"

namespace chat::postgres {
namespace {

constexpr ConversationId kRoom{100};
constexpr UserId kAnn{1};

class AppendPlanTest : public StoreFixture {
 protected:
  std::int64_t RowsReadFrom(const std::string& table, const std::string& index) {
    return Count(
        "SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes "
        "WHERE relname = '" +
        table + "' AND indexrelname = '" + index + "'");
  }
  std::int64_t WholeReads() {
    return Count(
        "SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables WHERE relname IN "
        "('messages', 'conversations', 'conversation_members', 'commit_log', "
        "'used_tickets')");
  }
  void ForgetStatistics() { server().Execute("SELECT pg_stat_reset()"); }
};

// One node, whose plans are kept from its first message in an empty store on.
TEST_F(AppendPlanTest, ReadsAsManyRowsOfALongConversationAsOfANewOne) {
  std::int64_t by_key = 0;
  std::int64_t by_client_msg_id = 0;
  std::int64_t whole = 0;
  {
    TestNode node(url(), "one");
    AddGroup(kRoom, 3);
    for (int i = 0; i < 20; ++i) {
      const std::string text = "early " + std::to_string(i);
      ASSERT_TRUE(node.Append(TextMessage(kRoom, kAnn, text, text)).has_value());
    }
    server().Execute(
        "INSERT INTO messages (conversation_id, seq, message_id, kind, sender_id, "
        "client_msg_id, text, created_at) SELECT 100, n, n, 'text', 1, 'c' || n, 'x', "
        "0 FROM generate_series(21, 20000) n");
    server().Execute("UPDATE conversations SET last_seq = 20000");
    AddGroup(ConversationId(101), 3);
    ForgetStatistics();
    for (int i = 0; i < 10; ++i) {
      const std::string text = "late " + std::to_string(i);
      ASSERT_TRUE(node.Append(TextMessage(kRoom, kAnn, text, text)).has_value());
      ASSERT_TRUE(node.Append(TextMessage(kRoom, kAnn, "c15000", "y")).error() ==
                  AppendError::kClientMsgIdReused);
    }
  }
  // A connection reports what it did when it ends.
  by_key = RowsReadFrom("messages", "messages_pkey");
  by_client_msg_id = RowsReadFrom("messages", "messages_by_client_msg_id");
  whole = WholeReads();

  EXPECT_EQ(by_key, 0);
  EXPECT_GE(by_client_msg_id, 10);
  EXPECT_LE(by_client_msg_id, 40);
  EXPECT_EQ(whole, 0);
}

TEST_F(AppendPlanTest, ReadsNoConversationThatNobodyWritesTo) {
  {
    TestNode node(url(), "one");
    AddGroup(kRoom, 3);
    ASSERT_TRUE(node.Append(TextMessage(kRoom, kAnn, "early", "early")).has_value());
    server().Execute(
        "INSERT INTO conversations (conversation_id, kind, created_at, members_count, "
        "last_activity) SELECT 1000 + n, 'group', 0, 1, 0 FROM generate_series(1, 20000) n");
    server().Execute(
        "INSERT INTO conversation_members (conversation_id, user_id, role, joined_seq) "
        "SELECT 1000 + n, 1, 'owner', 0 FROM generate_series(1, 20000) n");
    ForgetStatistics();
    for (int i = 0; i < 10; ++i) {
      const std::string text = "late " + std::to_string(i);
      ASSERT_TRUE(node.Append(TextMessage(kRoom, kAnn, text, text)).has_value());
    }
  }
  const std::int64_t conversations = RowsReadFrom("conversations", "conversations_pkey");
  const std::int64_t members = RowsReadFrom("conversation_members", "conversation_members_pkey") +
                               RowsReadFrom("conversation_members", "conversation_members_by_user");

  EXPECT_GE(conversations, 10);
  EXPECT_LE(conversations, 60);
  EXPECT_GE(members, 10);
  EXPECT_LE(members, 60);
  EXPECT_EQ(WholeReads(), 0);
}

TEST_F(AppendPlanTest, ReadsNoTableAsAWhole) {
  {
    TestNode node(url(), "one");
    AddGroup(kRoom, 3);
    Messages messages(node.database(), node.executor());
    CommitLog log(node.database(), node.executor());
    const auto use_all = [&] {
      ASSERT_TRUE(node.Append(TextMessage(kRoom, kAnn, "id", "text")).has_value());
      for (const std::optional<Seq> after : {std::optional<Seq>(), std::optional<Seq>(Seq())}) {
        ASSERT_TRUE((node.Await<EntryPage, ViewError>([&](auto done) {
                      messages.ReadPage({.viewer = kAnn,
                                         .conversation_id = kRoom,
                                         .after_seq = after,
                                         .before_seq = {},
                                         .limit = 10,
                                         .bytes_max = 1000},
                                        std::move(done));
                    })).has_value());
      }
      ASSERT_TRUE((node.Await<std::vector<Entry>, ReadError>([&](auto done) {
                    messages.ReadRange(kRoom, Seq(), Seq(9), std::move(done));
                  })).has_value());
      ASSERT_TRUE((node.Await<std::vector<LogPosition>, ReadError>([&](auto done) {
                    log.ReadHeads(std::move(done));
                  })).has_value());
      const Epoch origin = node.database().lease().held().epoch;
      ASSERT_TRUE(
          (node.Await<std::vector<std::shared_ptr<const CommitBatch>>, ReadError>([&](auto done) {
            log.ReadAfter({origin, 0, 0}, std::move(done));
          })).has_value());
    };
    ForgetStatistics();
    for (int i = 0; i < 10; ++i) use_all();
    const auto connection = Connection::Open({.address = url(), .purpose = "test"},
                                             DeadlineAfter(std::chrono::seconds(5)));
    TrimStore(*connection, node.database().clock().Now());
  }

  EXPECT_EQ(WholeReads(), 0);
}

}  // namespace
}  // namespace chat::postgres
