// The promise that many senders share a commit.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/messages.h"
#include "server/sqlite/conversation_fixture.h"
#include "server/sqlite/messages.h"

namespace chat::sqlite {
namespace {

constexpr int kSenders = 64;
constexpr int kMessagesEach = 40;

class GroupCommitTest : public ConversationFixture {
 protected:
  struct Sender {
    UserId user;
    ConversationId conversation;
    int sent = 0;
  };

  // Each has a conversation of their own with the same peer.
  std::vector<Sender> AddSenders() {
    const UserId peer = AddUser("peer");
    std::vector<Sender> senders;
    for (int i = 0; i < kSenders; ++i) {
      const UserId user = AddUser("sender" + std::to_string(i));
      senders.push_back({.user = user, .conversation = AddDirect(user, peer)});
    }
    return senders;
  }

  // Sends the next message as soon as the last one was acked, as a client without patience does.
  void SendNext(Messages& messages, Sender& sender) {
    if (sender.sent == kMessagesEach) {
      ++finished_;
      return;
    }
    const std::string id = std::to_string(++sender.sent);
    messages.Append(TextMessage(sender.conversation, sender.user, id, "hello"),
                    [this, &messages, &sender](Result<Appended, AppendError> appended) {
                      EXPECT_TRUE(appended && appended->seq == Seq(sender.sent));
                      SendNext(messages, sender);
                    });
  }

  int finished() const { return finished_; }

 private:
  int finished_ = 0;
};

TEST_F(GroupCommitTest, SharesEachCommitAmongManyOf64ConcurrentSenders) {
  Open(Options());
  std::vector<Sender> senders = AddSenders();
  bus().Clear();
  Messages messages(database(), executor());

  for (Sender& sender : senders) SendNext(messages, sender);

  ASSERT_TRUE(executor().RunUntil([&] { return finished() == kSenders; }));
  const std::size_t sent = kSenders * kMessagesEach;
  EXPECT_EQ(bus().entries().size(), sent);
  EXPECT_LT(bus().batches().size(), sent / 8);
  RecordProperty("commits", static_cast<int>(bus().batches().size()));
}

}  // namespace
}  // namespace chat::sqlite
