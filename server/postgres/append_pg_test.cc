// Tests of appending on PostgreSQL beyond what all stores must do: locks held by others, group
// commit, retries that race, and the log of commits.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "server/postgres/store_fixture.h"

namespace chat::postgres {
namespace {

constexpr ConversationId kRoom{100};
constexpr ConversationId kOther{101};
constexpr UserId kAnn{1};
constexpr UserId kBob{2};

class AppendTest : public StoreFixture {};

// Holds a conversation's row as another program would.
class HeldRow {
 public:
  HeldRow(const std::string& url, ConversationId conversation) : connection_(url) {
    work_.emplace(connection_);
    work_->exec("SELECT 1 FROM conversations WHERE conversation_id = " + conversation.ToString() +
                " FOR UPDATE");
  }

  void Execute(const std::string& sql) { work_->exec(sql); }
  void Commit() { work_->commit(); }

 private:
  pqxx::connection connection_;
  std::optional<pqxx::work> work_;
};

TEST_F(AppendTest, StoresOnceWhatTwoNodesRetryWhileTheConversationIsHeld) {
  TestNode one(url(), "one");
  TestNode two(url(), "two");
  AddGroup(kRoom, 2);
  HeldRow held(url(), kRoom);
  const auto first = one.StartAppend(TextMessage(kRoom, kAnn, "id", "hello"));
  const auto second = two.StartAppend(TextMessage(kRoom, kAnn, "id", "hello"));

  held.Commit();
  one.Finish();
  two.Finish();

  ASSERT_TRUE((*first)->has_value());
  ASSERT_TRUE((*second)->has_value());
  EXPECT_EQ((**first)->seq, Seq(1));
  EXPECT_EQ((**second)->seq, Seq(1));
  EXPECT_EQ((**first)->message_id, (**second)->message_id);
  EXPECT_EQ(StoredTexts(kRoom), std::vector<std::string>{"hello"});
}

TEST_F(AppendTest, RefusesAMemberWhoWasRemovedWhileTheMessageWaited) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 2);
  ASSERT_TRUE(node.Append(TextMessage(kRoom, kBob, "before", "before")).has_value());
  HeldRow held(url(), kRoom);
  const auto late = node.StartAppend(TextMessage(kRoom, kBob, "late", "late"));
  const auto retry = node.StartAppend(TextMessage(kRoom, kBob, "before", "before"));

  held.Execute("UPDATE conversation_members SET left_seq = 1 WHERE user_id = 2");
  held.Commit();
  node.Finish();

  ASSERT_FALSE((*late)->has_value());
  EXPECT_EQ((*late)->error(), AppendError::kNotFound);
  ASSERT_TRUE((*retry)->has_value()) << "what was stored before is answered as before";
  EXPECT_EQ((**retry)->seq, Seq(1));
}

TEST_F(AppendTest, LetsOnlyTheConversationWaitThatSomebodyHolds) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 2);
  AddGroup(kOther, 2);
  HeldRow held(url(), kRoom);
  const auto waiting = node.StartAppend(TextMessage(kRoom, kAnn, "1", "first"));
  const auto behind = node.StartAppend(TextMessage(kRoom, kAnn, "2", "second"));

  for (int i = 0; i < 20; ++i) {
    const std::string text = std::to_string(i);
    ASSERT_TRUE(node.Append(TextMessage(kOther, kAnn, text, text)).has_value());
  }
  EXPECT_FALSE(waiting->has_value());

  held.Commit();
  node.Finish();
  ASSERT_TRUE((*waiting)->has_value());
  ASSERT_TRUE((*behind)->has_value());
  EXPECT_EQ(StoredTexts(kRoom), (std::vector<std::string>{"first", "second"}));
}

TEST_F(AppendTest, AnswersUnavailableAtTheDeadlineWhenAConversationStaysHeld) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 2);
  HeldRow held(url(), kRoom);
  const auto start = std::chrono::steady_clock::now();

  const AppendResult result = node.Append(TextMessage(kRoom, kAnn, "1", "first"));

  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error(), AppendError::kUnavailable);
}

TEST_F(AppendTest, SharesCommitsAmongManySendersAndLogsEachBatch) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 50);
  AddGroup(kOther, 50);
  for (int i = 0; i < 1000; ++i) {
    const std::string text = std::to_string(i);
    node.StartAppend(TextMessage(i % 2 == 0 ? kRoom : kOther, UserId(1 + i % 50), text, text));
  }
  node.Finish();

  EXPECT_EQ(StoredTexts(kRoom).size(), 500u);
  EXPECT_EQ(StoredTexts(kOther).size(), 500u);
  const auto& batches = node.bus().batches();
  EXPECT_LT(batches.size(), 100u);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    EXPECT_EQ(batches[i]->position.lane, 0u);
    EXPECT_EQ(batches[i]->position.batch, i + 1);
  }
  EXPECT_EQ(Count("SELECT count(*) FROM commit_log"), static_cast<std::int64_t>(batches.size()));
  EXPECT_EQ(Count("SELECT sum(cardinality(seqs)) FROM commit_log"), 1000);
  EXPECT_EQ(Count("SELECT count(*) FROM conversation_members cm WHERE read_seq = 0"), 50)
      << "each sender's own read mark moved, where they sent";
}

TEST_F(AppendTest, NumbersDenselyWhatItStoresBesideWhatItRefuses) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 2);
  ASSERT_TRUE(node.Append(TextMessage(kRoom, kAnn, "old", "old")).has_value());
  HeldRow held(url(), kRoom);
  const auto start = [&](UserId sender, const std::string& id, const std::string& text,
                         std::optional<Seq> reply = {}) {
    NewMessage message = TextMessage(kRoom, sender, id, text);
    message.reply_to_seq = reply;
    return node.StartAppend(message);
  };
  const auto stranger = start(UserId(3), "stranger", "stranger");
  const auto first = start(kAnn, "first", "first");
  const auto repeat = start(kAnn, "old", "old");
  const auto wrong_reply = start(kBob, "reply", "to nothing", Seq(99));
  const auto second = start(kBob, "second", "second", Seq(1));
  const auto other_content = start(kAnn, "old", "new");

  held.Commit();
  node.Finish();

  EXPECT_EQ((*stranger)->error(), AppendError::kNotFound);
  EXPECT_EQ((**first)->seq, Seq(2));
  EXPECT_EQ((**repeat)->seq, Seq(1));
  EXPECT_EQ((*wrong_reply)->error(), AppendError::kReplyNotFound);
  EXPECT_EQ((**second)->seq, Seq(3));
  EXPECT_EQ((*other_content)->error(), AppendError::kClientMsgIdReused);
  EXPECT_EQ(StoredTexts(kRoom), (std::vector<std::string>{"old", "first", "second"}));
  EXPECT_EQ(Count("SELECT last_seq FROM conversations WHERE conversation_id = 100"), 3);
  EXPECT_EQ(Count("SELECT sum(cardinality(seqs)) FROM commit_log"), 3);
}

TEST_F(AppendTest, AnswersDoublesWithinABatchLikeTheFirst) {
  TestNode node(url(), "one");
  AddGroup(kRoom, 2);
  HeldRow held(url(), kRoom);
  std::vector<std::shared_ptr<std::optional<AppendResult>>> same;
  for (int i = 0; i < 5; ++i) {
    same.push_back(node.StartAppend(TextMessage(kRoom, kAnn, "id", "text")));
  }
  const auto other = node.StartAppend(TextMessage(kRoom, kAnn, "id", "other text"));
  NewMessage reply = TextMessage(kRoom, kAnn, "reply", "reply");
  reply.reply_to_seq = Seq(7);
  const auto wrong_reply = node.StartAppend(reply);

  held.Commit();
  node.Finish();

  for (const auto& answer : same) {
    ASSERT_TRUE((*answer)->has_value());
    EXPECT_EQ((**answer)->seq, Seq(1));
  }
  EXPECT_EQ((*other)->error(), AppendError::kClientMsgIdReused);
  EXPECT_EQ((*wrong_reply)->error(), AppendError::kReplyNotFound);
  EXPECT_EQ(StoredTexts(kRoom).size(), 1u);
}

}  // namespace
}  // namespace chat::postgres
