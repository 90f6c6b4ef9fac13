// Tests of search that are PostgreSQL's alone: by which indexes it finds its rows, and that nodes
// do not wait for each other.
#include <gtest/gtest.h>

#include <cstdint>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/search.h"
#include "server/ports/search_index.h"
#include "server/postgres/search.h"
#include "server/postgres/search_index.h"
#include "server/postgres/store_fixture.h"

namespace chat::postgres {
namespace {

constexpr ConversationId kRoom{100};
constexpr ConversationId kOther{101};
constexpr UserId kAnn{1};

class SearchPgTest : public StoreFixture {
 protected:
  static IndexedBatch Update(TestNode& node, std::vector<ConversationId> conversations) {
    SearchIndex index(node.database(), node.executor());
    const auto batch = node.Await<IndexedBatch, ReadError>(
        [&](auto done) { index.Update(conversations, std::move(done)); });
    EXPECT_TRUE(batch.has_value());
    return batch ? *batch : IndexedBatch();
  }

  static std::size_t CountFound(TestNode& node, const std::string& token) {
    Search search(node.database(), node.executor());
    const auto page = node.Await<SearchPage, ReadError>([&](auto done) {
      search.Find(
          {.viewer = kAnn, .tokens = {token}, .before = {}, .limit = 10, .bytes_max = 1'000'000},
          std::move(done));
    });
    EXPECT_TRUE(page.has_value());
    return page ? page->entries.size() : 0;
  }

  // `count` texts more, without asking a node.
  void Fill(ConversationId conversation, int count) {
    const std::string id = conversation.ToString();
    server().Execute(
        "INSERT INTO messages (conversation_id, seq, message_id, kind, sender_id, client_msg_id, "
        "text, created_at) SELECT " +
        id + ", last_seq + n, " + id +
        " * 1000000 + last_seq + n, 'text', 1, 'f' || last_seq + n, "
        "'tea and more ' || n, 0 FROM conversations, generate_series(1, " +
        std::to_string(count) + ") n WHERE conversation_id = " + id);
    server().Execute("UPDATE conversations SET last_seq = last_seq + " + std::to_string(count) +
                     " WHERE conversation_id = " + id);
  }

  static void IndexAll(TestNode& node, ConversationId conversation) {
    while (!Update(node, {conversation}).behind.empty()) {
    }
  }
};

// One node, whose plans are kept from its first search in an empty store on.
TEST_F(SearchPgTest, FindsItsRowsByIndexesHoweverMuchOthersSay) {
  {
    TestNode node(url(), "one");
    AddGroup(kRoom, 1);
    AddGroup(kOther, 3);
    server().Execute(
        "DELETE FROM conversation_members WHERE conversation_id = 101 AND user_id = 1");
    Fill(kRoom, 20);
    const auto use_all = [&] {
      SearchIndex index(node.database(), node.executor());
      EXPECT_TRUE((node.Await<BehindPage, ReadError>([&](auto done) {
                    index.FindBehind({}, std::move(done));
                  })).has_value());
      Fill(kRoom, 1);
      IndexAll(node, kRoom);
      server().Execute("UPDATE messages SET change = 1 WHERE conversation_id = 100 AND seq = 1");
      server().Execute("UPDATE conversations SET last_change = 1 WHERE conversation_id = 100");
      IndexAll(node, kRoom);
      EXPECT_EQ(CountFound(node, "tea"), 10u);
    };
    for (int i = 0; i < 7; ++i) use_all();
    Fill(kOther, 3000);
    IndexAll(node, kOther);
    server().Execute("SELECT pg_stat_reset()");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(CountFound(node, "tea"), 10u);
  }
  // A connection reports what it did when it ends.
  EXPECT_EQ(Count("SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN ('messages', "
                  "'conversation_members', 'search_entries', 'search_slices')"),
            0);
  const std::int64_t places = Count(
      "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = "
      "'search_entries_by_terms'");
  EXPECT_GE(places, 3 * 27);
  EXPECT_LE(places, 3 * 100) << "the room's own slice only";
}

TEST_F(SearchPgTest, LeavesToAnotherNodeWhatThatHolds) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 1);
  AddGroup(kOther, 1);
  Fill(kRoom, 5);
  Fill(kOther, 5);
  server().Execute("INSERT INTO search_positions (conversation_id) VALUES (100)");
  pqxx::connection another(url());
  pqxx::work holds(another);
  holds.exec("SELECT 1 FROM search_positions WHERE conversation_id = 100 FOR UPDATE");

  const IndexedBatch batch = Update(node, {kRoom, kOther});

  EXPECT_EQ(batch.entries, 5u);
  EXPECT_EQ(batch.behind, std::vector{kRoom});
  holds.abort();
  EXPECT_EQ(Update(node, {kRoom}).entries, 5u);
  EXPECT_EQ(CountFound(node, "tea"), 10u);
}

// What is committed later has a greater seq, however long ago its transaction began.
TEST_F(SearchPgTest, MissesNothingThatIsCommittedLate) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 1);
  Fill(kRoom, 1);
  pqxx::connection slow(url());
  pqxx::work writes(slow);
  writes.exec("SELECT 1 FROM conversations WHERE conversation_id = 100 FOR NO KEY UPDATE");
  writes.exec(
      "INSERT INTO messages (conversation_id, seq, message_id, kind, sender_id, client_msg_id, "
      "text, created_at) VALUES (100, 2, 1, 'text', 1, 'late', 'late', 0)");
  writes.exec("UPDATE conversations SET last_seq = 2 WHERE conversation_id = 100");

  EXPECT_TRUE(Update(node, {kRoom}).behind.empty());
  EXPECT_EQ(CountFound(node, "late"), 0u);
  writes.commit();
  EXPECT_EQ(Update(node, {kRoom}).entries, 1u);
  EXPECT_EQ(CountFound(node, "late"), 1u) << "its id is smaller than that of what came before";
}

}  // namespace
}  // namespace chat::postgres
