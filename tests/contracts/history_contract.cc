// The contract of the port Messages: reading.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/ports/messages.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {

Result<EntryPage, ViewError> MessagesContract::ReadPage(EntryPageRequest page) {
  return Await<EntryPage, ViewError>(
      [&](auto done) { store().messages().ReadPage(page, std::move(done)); });
}

namespace {

std::vector<int> SeqsOf(const std::vector<Entry>& entries) {
  std::vector<int> seqs;
  for (const Entry& entry : entries) seqs.push_back(static_cast<int>(entry.seq.number()));
  return seqs;
}

EntryPageRequest PageOf(UserId viewer, ConversationId conversation) {
  return {.viewer = viewer,
          .conversation_id = conversation,
          .after_seq = {},
          .before_seq = {},
          .limit = 3,
          .bytes_max = kPageBytesMax};
}

TEST_P(MessagesContract, PagesThroughHistoryInBothDirections) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  for (int i = 1; i <= 8; ++i) Send(conversation, users[i % 2], "text " + std::to_string(i));
  store().Restart();

  EntryPageRequest page = PageOf(users[0], conversation);
  const auto newest = ReadPage(page);
  page.before_seq = Seq(6);
  const auto before = ReadPage(page);
  page.before_seq = {};
  page.after_seq = Seq(0);
  const auto oldest = ReadPage(page);
  page.after_seq = Seq(7);
  const auto last = ReadPage(page);
  page.before_seq = Seq(8);
  const auto between = ReadPage(page);

  ASSERT_TRUE(newest && before && oldest && last && between);
  EXPECT_EQ(SeqsOf(newest->entries), (std::vector{6, 7, 8}));
  EXPECT_EQ(SeqsOf(before->entries), (std::vector{3, 4, 5}));
  EXPECT_EQ(SeqsOf(oldest->entries), (std::vector{1, 2, 3}));
  EXPECT_EQ(SeqsOf(last->entries), (std::vector{8}));
  EXPECT_TRUE(between->entries.empty());
  EXPECT_EQ(newest->head_seq, Seq(8));
  EXPECT_EQ(newest->entries[0].text, "text 6");
}

TEST_P(MessagesContract, EndsAPageAtItsBytesButNotBeforeOneEntry) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  for (char letter = 'a'; letter <= 'c'; ++letter) {
    Send(conversation, users[0], std::string(40, letter));
  }

  EntryPageRequest page = PageOf(users[0], conversation);
  page.after_seq = Seq();
  page.bytes_max = 80;
  const auto two = ReadPage(page);
  page.bytes_max = 1;
  const auto first = ReadPage(page);
  page.after_seq = {};
  page.bytes_max = 80;
  const auto last_two = ReadPage(page);

  ASSERT_TRUE(two && first && last_two);
  EXPECT_EQ(SeqsOf(two->entries), (std::vector{1, 2}));
  EXPECT_EQ(SeqsOf(first->entries), (std::vector{1}));
  EXPECT_EQ(SeqsOf(last_two->entries), (std::vector{2, 3}));
}

TEST_P(MessagesContract, HidesHistoryFromOthersThanMembers) {
  const auto users = AddUsers(3);
  const ConversationId group = AddGroup({users[0], users[1]});
  Send(group, users[0], "secret");
  RemoveMember(group, users[1]);

  EXPECT_TRUE(ReadPage(PageOf(users[0], group)).has_value());
  EXPECT_EQ(ErrorOf(ReadPage(PageOf(users[1], group))), ViewError::kNotFound);
  EXPECT_EQ(ErrorOf(ReadPage(PageOf(users[2], group))), ViewError::kNotFound);
  EXPECT_EQ(ErrorOf(ReadPage(PageOf(users[0], ConversationId(42)))), ViewError::kNotFound);
}

// How near the numbers are to the truth is each store's own; they may never be behind it.
TEST_P(MessagesContract, NeverTakesBackHowFarAPageMaySee) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  CommitNumber before = 0;
  for (int i = 0; i < 20; ++i) {
    const Seq sent = Send(conversation, users[0], std::to_string(i));

    const auto page = ReadPage(PageOf(users[1], conversation));

    ASSERT_TRUE(page.has_value());
    ASSERT_FALSE(bus().batches().empty());
    EXPECT_EQ(page->entries.back().seq, sent) << "what was answered is there to be read";
    EXPECT_GE(page->as_of, bus().batches().back()->number);
    EXPECT_GT(page->as_of, before) << "another commit came between";
    before = page->as_of;
  }
}

TEST_P(MessagesContract, ReadsARangeForDelivery) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  for (int i = 1; i <= 6; ++i) Send(conversation, users[0], std::to_string(i));
  const auto read = [&](Seq after, Seq through) {
    const auto entries = Await<std::vector<Entry>, ReadError>([&](auto done) {
      store().messages().ReadRange(conversation, after, through, std::move(done));
    });
    EXPECT_TRUE(entries.has_value());
    return entries ? SeqsOf(*entries) : std::vector<int>();
  };

  EXPECT_EQ(read(Seq(2), Seq(4)), (std::vector{3, 4}));
  EXPECT_EQ(read(Seq(0), Seq(1)), (std::vector{1}));
  EXPECT_EQ(read(Seq(4), Seq(100)), (std::vector{5, 6}));
  EXPECT_EQ(read(Seq(3), Seq(3)), (std::vector<int>()));
}

TEST_P(MessagesContract, KeepsTextByteForByte) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);
  const std::vector<std::string> texts = {
      "'); DROP TABLE messages; --",
      "\xE2\x80\xAE bidi \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7 e\xCC\x81 \t\r\n ",
      std::string(kTextBytesMax, 'x'),
  };
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto appended = Append({.conversation_id = conversation,
                                  .sender_id = users[0],
                                  .client_msg_id = std::to_string(i),
                                  .text = texts[i],
                                  .reply_to_seq = {},
                                  .origin = {}});
    ASSERT_TRUE(appended.has_value());
  }

  const auto page = ReadPage(PageOf(users[1], conversation));

  ASSERT_TRUE(page.has_value());
  ASSERT_EQ(page->entries.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(page->entries[i].text, texts[i]);
}

}  // namespace
}  // namespace chat::contracts
