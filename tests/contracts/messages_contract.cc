// The contract of the port Messages: appending.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/ports/bus.h"
#include "server/ports/messages.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {
namespace {

NewMessage Text(ConversationId conversation, UserId sender, std::string text) {
  return {.conversation_id = conversation,
          .sender_id = sender,
          .client_msg_id = "id of " + text,
          .text = text,
          .reply_to_seq = {},
          .origin = {}};
}

TEST_P(MessagesContract, NumbersEntriesFromOneAndTellsOfThem) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  bus().Clear();
  NewMessage message = Text(conversation, users[0], "hello");
  message.origin = {.shard = 3, .send = 77};

  const auto appended = Append(message);

  ASSERT_TRUE(appended.has_value());
  EXPECT_EQ(appended->seq, Seq(1));
  EXPECT_EQ(appended->created_at, clock().Now());
  const auto entries = bus().entries();
  ASSERT_EQ(entries.size(), 1u);
  const Entry& entry = entries[0].entry;
  EXPECT_EQ(entry.conversation_id, conversation);
  EXPECT_EQ(entry.seq, appended->seq);
  EXPECT_EQ(entry.message_id, appended->message_id);
  EXPECT_EQ(entry.kind, EntryKind::kText);
  EXPECT_EQ(entry.sender_id, users[0]);
  EXPECT_EQ(entry.client_msg_id, "id of hello");
  EXPECT_EQ(entry.text, "hello");
  EXPECT_EQ(entry.created_at, appended->created_at);
  EXPECT_EQ(entries[0].origin.shard, 3u);
  EXPECT_EQ(entries[0].origin.send, 77u);
  EXPECT_EQ(entries[0].members_seq, Seq());
  EXPECT_EQ(Send(conversation, users[1], "hello back"), Seq(2));
}

TEST_P(MessagesContract, NumbersConcurrentEntriesWithoutHolesAndTellsThemInOrder) {
  const auto users = AddUsers(4);
  const ConversationId group = AddGroup(users);
  bus().Clear();
  const int count = 400;

  const auto answers = AwaitAll<Appended, AppendError>(count, [&](int i, auto done) {
    store().messages().Append(Text(group, users[i % 4], std::to_string(i)), std::move(done));
  });

  std::map<Seq, MessageId> by_seq;
  for (const auto& appended : answers) {
    ASSERT_TRUE(appended.has_value());
    by_seq[appended->seq] = appended->message_id;
  }
  ASSERT_EQ(by_seq.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(by_seq.rbegin()->first - by_seq.begin()->first, count - 1);
  const auto entries = bus().entries();
  ASSERT_EQ(entries.size(), static_cast<std::size_t>(count));
  for (std::size_t i = 1; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].entry.seq, entries[i - 1].entry.seq.Next());
    EXPECT_GT(entries[i].entry.message_id, entries[i - 1].entry.message_id);
  }
}

TEST_P(MessagesContract, TellsOfABatchBeforeItAnswers) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  int told_late = 0;

  AwaitAll<Appended, AppendError>(100, [&](int i, auto done) {
    store().messages().Append(
        Text(conversation, users[0], std::to_string(i)),
        [this, &told_late, done = std::move(done)](Result<Appended, AppendError> answer) mutable {
          const auto entries = bus().entries();
          if (!answer || entries.empty() || entries.back().entry.seq < answer->seq) ++told_late;
          done(std::move(answer));
        });
  });

  EXPECT_EQ(told_late, 0);
}

TEST_P(MessagesContract, AnswersARetryAsTheFirstTimeAndTellsNobody) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  const auto first = Append(Text(conversation, users[0], "hello"));
  ASSERT_TRUE(first.has_value());
  bus().Clear();
  clock().Advance(std::chrono::days(7));

  const auto retry = Append(Text(conversation, users[0], "hello"));
  store().Restart();
  const auto late_retry = Append(Text(conversation, users[0], "hello"));

  for (const auto& answer : {retry, late_retry}) {
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->seq, first->seq);
    EXPECT_EQ(answer->message_id, first->message_id);
    EXPECT_EQ(answer->created_at, first->created_at);
  }
  EXPECT_TRUE(bus().entries().empty());
  EXPECT_EQ(Send(conversation, users[0], "next"), Seq(2));
}

TEST_P(MessagesContract, StoresOneOfManyConcurrentRetries) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  bus().Clear();

  const auto answers = AwaitAll<Appended, AppendError>(20, [&](int, auto done) {
    store().messages().Append(Text(conversation, users[0], "hello"), std::move(done));
  });

  for (const auto& answer : answers) {
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->seq, Seq(1));
    EXPECT_EQ(answer->message_id, answers[0]->message_id);
  }
  EXPECT_EQ(bus().entries().size(), 1u);
}

TEST_P(MessagesContract, RefusesAClientMsgIdWithOtherContent) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  Send(conversation, users[0], "first");
  const NewMessage message = Text(conversation, users[0], "hello");
  ASSERT_TRUE(Append(message).has_value());

  NewMessage other_text = message;
  other_text.text = "hello!";
  NewMessage other_reply = message;
  other_reply.reply_to_seq = Seq(1);

  EXPECT_EQ(ErrorOf(Append(other_text)), AppendError::kClientMsgIdReused);
  EXPECT_EQ(ErrorOf(Append(other_reply)), AppendError::kClientMsgIdReused);
}

TEST_P(MessagesContract, TellsTheSameClientMsgIdOfOthersAndElsewhereApart) {
  const auto users = AddUsers(3);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  const ConversationId elsewhere = AddDirect(users[0], users[2]);

  EXPECT_EQ(Send(conversation, users[0], "hello"), Seq(1));
  EXPECT_EQ(Send(conversation, users[1], "hello"), Seq(2));
  EXPECT_EQ(Send(elsewhere, users[0], "hello"), Seq(1));
}

TEST_P(MessagesContract, RefusesWhoIsNotAMember) {
  const auto users = AddUsers(3);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  bus().Clear();

  EXPECT_EQ(ErrorOf(Append(Text(conversation, users[2], "hello"))), AppendError::kNotFound);
  EXPECT_EQ(ErrorOf(Append(Text(ConversationId(42), users[0], "hello"))), AppendError::kNotFound);
  EXPECT_TRUE(bus().entries().empty());
  EXPECT_EQ(Send(conversation, users[0], "hello"), Seq(1)) << "a refusal takes no seq";
}

TEST_P(MessagesContract, AnswersTheRetryOfWhoWasRemovedButTakesNothingNew) {
  const auto users = AddUsers(2);
  const ConversationId group = AddGroup(users);
  const auto first = Append(Text(group, users[1], "hello"));
  ASSERT_TRUE(first.has_value());

  RemoveMember(group, users[1]);

  const auto retry = Append(Text(group, users[1], "hello"));
  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->seq, first->seq);
  EXPECT_EQ(ErrorOf(Append(Text(group, users[1], "more"))), AppendError::kNotFound);
}

TEST_P(MessagesContract, KnowsTheEntriesThatOneCanReplyTo) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  Send(conversation, users[0], "hello");
  bus().Clear();

  NewMessage reply = Text(conversation, users[1], "reply");
  reply.reply_to_seq = Seq(1);
  ASSERT_TRUE(Append(reply).has_value());

  EXPECT_EQ(bus().entries()[0].entry.reply_to_seq, Seq(1));
  NewMessage too_far = Text(conversation, users[1], "too far");
  too_far.reply_to_seq = Seq(3);
  EXPECT_EQ(ErrorOf(Append(too_far)), AppendError::kReplyNotFound);
  NewMessage to_none = Text(conversation, users[1], "to none");
  to_none.reply_to_seq = Seq(0);
  EXPECT_EQ(ErrorOf(Append(to_none)), AppendError::kReplyNotFound);
}

TEST_P(MessagesContract, GivesRisingMessageIdsOverARestart) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  const auto before = Append(Text(conversation, users[0], "before"));
  store().Restart();
  clock().Advance(-std::chrono::hours(2));

  const auto after = Append(Text(conversation, users[0], "after"));

  ASSERT_TRUE(before.has_value() && after.has_value());
  EXPECT_EQ(after->seq, before->seq.Next());
  EXPECT_GT(after->message_id, before->message_id);
}

}  // namespace
}  // namespace chat::contracts
