// The promise that many senders share a commit.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"
#include "server/ports/messages.h"
#include "server/sqlite/accounts.h"
#include "server/sqlite/contacts.h"
#include "server/sqlite/conversations.h"
#include "server/sqlite/database_fixture.h"
#include "server/sqlite/messages.h"

namespace chat::sqlite {
namespace {

constexpr int kSenders = 64;
constexpr int kMessagesEach = 40;

class GroupCommitTest : public DatabaseFixture {
 protected:
  struct Sender {
    UserId user;
    ConversationId conversation;
    int sent = 0;
  };

  UserId AddUser(const std::string& name) {
    Accounts accounts(database(), executor());
    const auto user = Await<User, RegisterError>([&](auto done) {
      accounts.Register({.username = name, .email = name, .password_hash = ""}, std::move(done));
    });
    return user ? user->user_id : UserId();
  }

  // Each has a conversation of their own with `peer`.
  Sender AddSender(const std::string& name, UserId peer) {
    Contacts contacts(database(), executor());
    Conversations conversations(database(), executor());
    const UserId user = AddUser(name);
    const auto request = [&](UserId requester, UserId target) {
      return Await<Contact, ContactError>(
          [&](auto done) { contacts.Request(requester, target, std::move(done)); });
    };
    EXPECT_TRUE(request(user, peer).has_value() && request(peer, user).has_value());
    const auto opened = Await<OpenedConversation, OpenConversationError>(
        [&](auto done) { conversations.OpenDirect(user, peer, std::move(done)); });
    EXPECT_TRUE(opened.has_value());
    return {.user = user,
            .conversation = opened ? opened->view.conversation.conversation_id : ConversationId()};
  }

  // Sends the next message as soon as the last one was acked, as a client without patience does.
  void SendNext(Messages& messages, Sender& sender) {
    if (sender.sent == kMessagesEach) {
      ++finished_;
      return;
    }
    ++sender.sent;
    messages.Append({.conversation_id = sender.conversation,
                     .sender_id = sender.user,
                     .client_msg_id = std::to_string(sender.sent),
                     .text = "hello",
                     .reply_to_seq = {},
                     .origin = {}},
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
  const UserId peer = AddUser("peer");
  std::vector<Sender> senders;
  for (int i = 0; i < kSenders; ++i) {
    senders.push_back(AddSender("sender" + std::to_string(i), peer));
  }
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
