// Tests of how nodes read back what others committed.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "server/postgres/commit_log.h"
#include "server/postgres/connection.h"
#include "server/postgres/lease.h"
#include "server/postgres/link.h"
#include "server/postgres/message_changes.h"
#include "server/postgres/store_fixture.h"
#include "server/postgres/upkeep.h"

namespace chat::postgres {
namespace {

using Batches = std::vector<std::shared_ptr<const CommitBatch>>;

constexpr ConversationId kRoom{100};
constexpr UserId kAnn{1};

class CommitLogTest : public StoreFixture {
 protected:
  std::vector<LogPosition> Heads(TestNode& node) {
    CommitLog log(node.database(), node.executor());
    const auto heads = node.Await<std::vector<LogPosition>, ReadError>(
        [&](auto done) { log.ReadHeads(std::move(done)); });
    EXPECT_TRUE(heads.has_value());
    return heads.value_or(std::vector<LogPosition>());
  }

  Batches After(TestNode& node, LogPosition position) {
    CommitLog log(node.database(), node.executor());
    const auto batches = node.Await<Batches, ReadError>(
        [&](auto done) { log.ReadAfter(position, std::move(done)); });
    EXPECT_TRUE(batches.has_value());
    return batches.value_or(Batches());
  }

  // As user changes go: in a lane of their own.
  void Revoke(TestNode& node, SessionId session) {
    const auto changed = node.Await<void, ReadError>([&](auto done) {
      node.database().Change(node.executor(), std::move(done),
                             [session](ChangeTransaction& transaction) -> Result<void, ReadError> {
                               transaction.batch.revoked_sessions.push_back({session, kAnn});
                               return {};
                             });
    });
    EXPECT_TRUE(changed.has_value());
  }
};

TEST_F(CommitLogTest, ReadsBackWhatAnotherNodeCommitted) {
  TestNode one(url(), "one");
  TestNode two(url(), "two");
  AddGroup(kRoom, 2);
  server().Execute("UPDATE conversations SET members_seq = 0");
  NewMessage reply = TextMessage(kRoom, kAnn, "2", "a reply \" \\ {with} 'quotes', and \u00e9");
  reply.reply_to_seq = Seq(1);
  ASSERT_TRUE(one.Append(TextMessage(kRoom, kAnn, "1", "first")).has_value());
  ASSERT_TRUE(one.Append(reply).has_value());
  Revoke(one, SessionId(77));
  const Epoch origin = one.database().lease().held().epoch;

  EXPECT_EQ(Heads(two), (std::vector<LogPosition>{{origin, 0, 2}, {origin, 2, 1}}));
  const Batches appends = After(two, {origin, 0, 0});
  const Batches changes = After(two, {origin, 2, 0});

  ASSERT_EQ(appends.size(), 2u);
  EXPECT_EQ(appends[1]->position, (LogPosition{origin, 0, 2}));
  ASSERT_EQ(appends[1]->entries.size(), 1u);
  const Entry& read = appends[1]->entries[0].entry;
  const Entry& told = one.bus().batches()[1]->entries[0].entry;
  EXPECT_EQ(read.text, reply.text);
  EXPECT_EQ(read.seq, Seq(2));
  EXPECT_EQ(read.message_id, told.message_id);
  EXPECT_EQ(read.created_at, told.created_at);
  EXPECT_EQ(read.reply_to_seq, Seq(1));
  EXPECT_EQ(read.client_msg_id, "2");
  ASSERT_EQ(changes.size(), 1u);
  ASSERT_EQ(changes[0]->revoked_sessions.size(), 1u);
  EXPECT_EQ(changes[0]->revoked_sessions[0].session_id, SessionId(77));
  EXPECT_EQ(After(two, {origin, 0, 1}).size(), 1u);
  EXPECT_TRUE(After(two, {origin, 0, 2}).empty());
}

// The log keeps no text of an edit, so that a deletion leaves none anywhere.
TEST_F(CommitLogTest, ReadsBackChangesWithTheTextsOfNow) {
  TestNode one(url(), "one");
  TestNode two(url(), "two");
  AddGroup(kRoom, 2);
  MessageChanges changes(one.database(), one.executor());
  const auto edit = [&](Seq seq, const std::string& text) {
    ASSERT_TRUE((one.Await<EntryChanged, ChangeError>([&](auto done) {
                  changes.Edit({kAnn, kRoom, seq, text}, std::move(done));
                })).has_value());
  };
  for (const char* id : {"1", "2"}) {
    ASSERT_TRUE(one.Append(TextMessage(kRoom, kAnn, id, "text")).has_value());
  }
  edit(Seq(1), "first");
  edit(Seq(1), "second");
  edit(Seq(2), "secret");
  ASSERT_TRUE((one.Await<EntryChanged, ChangeError>([&](auto done) {
                changes.Delete({kAnn, kRoom, Seq(2)}, std::move(done));
              })).has_value());

  const Batches read = After(two, {one.database().lease().held().epoch, 2, 0});

  ASSERT_EQ(read.size(), 4u);
  for (std::size_t i = 0; i < read.size(); ++i) {
    ASSERT_EQ(read[i]->changes.size(), 1u);
    EXPECT_EQ(read[i]->changes[0].change.change, Change(static_cast<std::int64_t>(i) + 1));
    EXPECT_EQ(read[i]->changes[0].head_seq, Seq(2));
  }
  EXPECT_EQ(std::get<EntryEdited>(read[0]->changes[0].change.what).text, "second");
  EXPECT_EQ(std::get<EntryEdited>(read[1]->changes[0].change.what).text, "second");
  EXPECT_TRUE(std::holds_alternative<EntryDeleted>(read[2]->changes[0].change.what));
  EXPECT_TRUE(std::holds_alternative<EntryDeleted>(read[3]->changes[0].change.what));
  EXPECT_EQ(Count("SELECT count(*) FROM commit_log WHERE position('secret'::bytea in changes) > 0"),
            0);
}

TEST_F(CommitLogTest, FindsTheHeadsOfManyLanes) {
  TestNode node(url(), "one");
  server().Execute(
      "INSERT INTO commit_log (origin, lane, batch, created_at) "
      "SELECT o, l, b, 0 FROM generate_series(1000, 1019) o, generate_series(0, 2) l, "
      "generate_series(1, 50) b");

  const std::vector<LogPosition> heads = Heads(node);

  ASSERT_EQ(heads.size(), 60u);
  EXPECT_EQ(heads.front(), (LogPosition{Epoch(1000), 0, 50}));
  EXPECT_EQ(heads.back(), (LogPosition{Epoch(1019), 2, 50}));
}

TEST_F(CommitLogTest, CutsLongAnswersBetweenBatches) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 2);
  server().Execute(
      "INSERT INTO messages (conversation_id, seq, message_id, kind, sender_id, text, "
      "created_at) SELECT 100, n, n, 'text', 1, repeat('x', 1000000), 0 "
      "FROM generate_series(1, 40) n");
  server().Execute(
      "INSERT INTO commit_log (origin, lane, batch, conversation_ids, seqs, "
      "members_seqs, created_at) SELECT 9, 0, n, '{100,100}', ARRAY[2*n-1, 2*n], "
      "'{0,0}', 0 FROM generate_series(1, 20) n");

  const Batches first = After(node, {Epoch(9), 0, 0});

  ASSERT_EQ(first.size(), 8u) << "16 MiB hold 16 texts";
  EXPECT_EQ(first.back()->entries.size(), 2u);
  EXPECT_EQ(After(node, first.back()->position).front()->position.batch, 9u);
}

TEST_F(CommitLogTest, TrimsRowsThatServedTheirTime) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 2);
  server().Execute(
      "INSERT INTO commit_log (origin, lane, batch, created_at) "
      "SELECT 1000, 0, n, 0 FROM generate_series(1, 2500) n");
  server().Execute("INSERT INTO used_tickets (nonce, expires_at) VALUES ('a', 0)");
  ASSERT_TRUE(node.Append(TextMessage(kRoom, kAnn, "1", "first")).has_value());

  const auto connection = Connection::Open({.address = url(), .purpose = "test"},
                                           DeadlineAfter(std::chrono::seconds(5)));
  TrimStore(*connection, node.database().clock().Now());

  EXPECT_EQ(Count("SELECT count(*) FROM commit_log"), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM used_tickets"), 0);
}

}  // namespace
}  // namespace chat::postgres
