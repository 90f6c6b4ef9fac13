// The numbers of commits, which are exact where one thread makes them all.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "protocol/ids.h"
#include "server/ports/messages.h"
#include "server/sqlite/conversation_fixture.h"
#include "server/sqlite/messages.h"

namespace chat::sqlite {
namespace {

class CommitNumbersTest : public ConversationFixture {
 protected:
  void Send(ConversationId conversation, UserId sender, int count) {
    Messages messages(database(), executor());
    int answered = 0;
    for (int i = 0; i < count; ++i) {
      const std::string id = std::to_string(++sent_);
      messages.Append(TextMessage(conversation, sender, id, "hello"),
                      [&answered](Result<Appended, AppendError> appended) {
                        EXPECT_TRUE(appended.has_value());
                        ++answered;
                      });
    }
    ASSERT_TRUE(executor().RunUntil([&] { return answered == count; }));
  }

 private:
  int sent_ = 0;
};

TEST_F(CommitNumbersTest, NumberBatchesFromOneWithoutHoles) {
  Open(Options());
  const UserId alice = AddUser("alice");
  const ConversationId conversation = AddDirect(alice, AddUser("bob"));

  Send(conversation, alice, 100);

  const auto& batches = bus().batches();
  ASSERT_FALSE(batches.empty());
  EXPECT_EQ(batches.front()->number, 1u);
  for (std::size_t i = 1; i < batches.size(); ++i) {
    EXPECT_EQ(batches[i]->number, batches[i - 1]->number + 1);
  }
}

TEST_F(CommitNumbersTest, SayExactlyWhichCommitsAPageMayContain) {
  Open(Options());
  const UserId alice = AddUser("alice");
  const ConversationId conversation = AddDirect(alice, AddUser("bob"));
  Messages messages(database(), executor());
  for (int i = 0; i < 20; ++i) {
    Send(conversation, alice, 1);

    const auto page = Await<EntryPage, ViewError>([&](auto done) {
      messages.ReadPage({.viewer = alice,
                         .conversation_id = conversation,
                         .after_seq = {},
                         .before_seq = {},
                         .limit = 3,
                         .bytes_max = 1'000'000},
                        std::move(done));
    });

    ASSERT_TRUE(page.has_value());
    ASSERT_FALSE(bus().batches().empty());
    // Nothing else is being committed, so the number is exact.
    EXPECT_EQ(page->as_of, bus().batches().back()->number);
    EXPECT_EQ(page->entries.back().seq, bus().entries().back().entry.seq);
  }
}

}  // namespace
}  // namespace chat::sqlite
