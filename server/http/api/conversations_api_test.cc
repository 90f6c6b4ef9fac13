#include "server/http/api/conversations_api.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/limits.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

class ConversationsApiTest : public ApiFixture {
 protected:
  Response Open(const Person& opener, std::string user_id) {
    return Post(opener, "/v1/conversations",
                R"({"kind":"direct","user_id":")" + std::move(user_id) + "\"}");
  }

  v1::ListConversationsResponse List(const Person& who, std::vector<Field> query = {}) {
    return Read<v1::ListConversationsResponse>(Get(who, "/v1/conversations", std::move(query)));
  }
};

TEST_F(ConversationsApiTest, OpensOneDirectConversationForBoth) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  Befriend(alice, bob);

  const Response first = Open(alice, bob.user_id.ToString());
  const Response again = Open(bob, alice.user_id.ToString());

  EXPECT_EQ(first.status, Status::kCreated);
  EXPECT_EQ(again.status, Status::kOk);
  const auto hers = Read<v1::ConversationResponse>(first).conversation();
  const auto his = Read<v1::ConversationResponse>(again).conversation();
  EXPECT_EQ(hers.conversation_id(), his.conversation_id());
  EXPECT_EQ(hers.kind(), "direct");
  EXPECT_EQ(hers.name(), "");
  EXPECT_EQ(hers.peer().username(), "bob");
  EXPECT_EQ(his.peer().username(), "alice");
  EXPECT_EQ(hers.members_count(), 2u);
  EXPECT_EQ(hers.last_seq(), 0);
  EXPECT_EQ(hers.unread_count(), 0u);
  EXPECT_FALSE(hers.has_last_message());
}

TEST_F(ConversationsApiTest, AnswersStrangersAndUnknownUsersAlike) {
  const Person alice = Join("alice");
  const Person stranger = Join("stranger");

  const Response unknown = Open(alice, "12345");

  EXPECT_EQ(unknown.status, Status::kForbidden);
  EXPECT_EQ(CodeOf(unknown), "not_contacts");
  EXPECT_EQ(Open(alice, stranger.user_id.ToString()).body, unknown.body);
  EXPECT_EQ(Open(alice, alice.user_id.ToString()).body, unknown.body);
  EXPECT_EQ(Open(alice, "-1").body, unknown.body);
}

TEST_F(ConversationsApiTest, NamesWhatIsMissing) {
  const Person alice = Join("alice");

  for (const char* body :
       {"{}", R"({"kind":"channel"})", R"({"kind":"direct"})", R"({"kind":"group"})"}) {
    EXPECT_EQ(CodeOf(Post(alice, "/v1/conversations", body)), "invalid_argument") << body;
  }
}

TEST_F(ConversationsApiTest, ShowsWhatIsUnreadToTheReader) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  Befriend(alice, bob);
  const ConversationId conversation = OpenDirect(alice, bob);
  Say(alice, conversation, "hello");
  Say(alice, conversation, "are you there?");

  const std::string path = "/v1/conversations/" + conversation.ToString();
  const auto his = Read<v1::ConversationResponse>(Get(bob, path)).conversation();
  const auto hers = Read<v1::ConversationResponse>(Get(alice, path)).conversation();

  EXPECT_EQ(his.unread_count(), 2u);
  EXPECT_EQ(his.my_read_seq(), 0);
  EXPECT_EQ(his.my_role(), "member");
  EXPECT_EQ(his.last_seq(), 2);
  EXPECT_EQ(his.last_message().text(), "are you there?");
  EXPECT_FALSE(his.archived());
  EXPECT_EQ(hers.unread_count(), 0u);
  EXPECT_EQ(hers.my_read_seq(), 2);
}

TEST_F(ConversationsApiTest, HidesConversationsOfOthers) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  const Person carol = Join("carol");
  Befriend(alice, bob);
  const ConversationId conversation = OpenDirect(alice, bob);

  const Response missing = Get(carol, "/v1/conversations/12345");

  EXPECT_EQ(CodeOf(missing), "not_found");
  EXPECT_EQ(Get(carol, "/v1/conversations/" + conversation.ToString()).body, missing.body);
  EXPECT_EQ(Get(carol, "/v1/conversations/x").body, missing.body);
  EXPECT_EQ(List(carol).conversations_size(), 0);
}

TEST_F(ConversationsApiTest, ListsTheNewestActivityFirstPageByPage) {
  const Person alice = Join("alice");
  std::vector<ConversationId> conversations;
  for (const char* name : {"bob", "carol", "dave"}) {
    const Person peer = Join(name);
    Befriend(alice, peer);
    clock_.Advance(std::chrono::seconds(1));
    conversations.push_back(OpenDirect(alice, peer));
  }
  clock_.Advance(std::chrono::seconds(1));
  Say(alice, conversations[0], "hello");

  const auto first = List(alice, {{"limit", "2"}});
  const auto second = List(alice, {{"limit", "2"}, {"cursor", first.next_cursor()}});

  ASSERT_EQ(first.conversations_size(), 2);
  EXPECT_EQ(first.conversations(0).peer().username(), "bob");
  EXPECT_EQ(first.conversations(1).peer().username(), "dave");
  ASSERT_EQ(second.conversations_size(), 1);
  EXPECT_EQ(second.conversations(0).peer().username(), "carol");
  EXPECT_EQ(second.next_cursor(), "");
}

TEST_F(ConversationsApiTest, EndsAPageBeforeItGrowsTooLarge) {
  const Person alice = Join("alice");
  for (const char* name : {"bob", "carol", "dave", "erin", "frank"}) {
    const Person peer = Join(name);
    Befriend(alice, peer);
    Say(alice, OpenDirect(alice, peer), std::string(kTextBytesMax, 'x'));
  }

  const Response response = Get(alice, "/v1/conversations");
  const auto first = Read<v1::ListConversationsResponse>(response);
  const auto second = List(alice, {{"cursor", first.next_cursor()}});

  EXPECT_LE(response.body.size(), kPageBytesMax);
  EXPECT_EQ(first.conversations_size(), 3);
  EXPECT_EQ(second.conversations_size(), 2);
  EXPECT_EQ(second.next_cursor(), "");
}

}  // namespace
}  // namespace chat::http
