#include "server/http/api/marks_api.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

class MarksApiTest : public ApiFixture {
 protected:
  std::string PathOf(ConversationId conversation) {
    return "/v1/conversations/" + conversation.ToString();
  }

  v1::ListReadersResponse ReadersOf(const Person& who, ConversationId conversation,
                                    const std::string& seq) {
    return Read<v1::ListReadersResponse>(
        Get(who, PathOf(conversation) + "/messages/" + seq + "/readers"));
  }

  const Person alice_ = Join("alice");
  const Person bob_ = Join("bob");
};

TEST_F(MarksApiTest, TellsWhoHasReadAMessage) {
  Befriend(alice_, bob_);
  const ConversationId chat = OpenDirect(alice_, bob_);
  Say(alice_, chat, "one");
  Say(alice_, chat, "two");
  EXPECT_EQ(ReadersOf(alice_, chat, "1").readers_size(), 0);

  Advance(bob_, chat, Seq(1));

  const auto readers = ReadersOf(alice_, chat, "1");
  ASSERT_EQ(readers.readers_size(), 1);
  EXPECT_EQ(readers.readers(0).user().username(), "bob");
  EXPECT_EQ(readers.readers(0).read_seq(), 1);
  EXPECT_EQ(readers.next_cursor(), "");
  EXPECT_EQ(ReadersOf(alice_, chat, "2").readers_size(), 0);
}

TEST_F(MarksApiTest, ReadersOfWhatOneMayNotSeeAreNotFound) {
  Befriend(alice_, bob_);
  const ConversationId chat = OpenDirect(alice_, bob_);
  Say(alice_, chat, "one");
  const Person carol = Join("carol");

  const Response strange = Get(carol, PathOf(chat) + "/messages/1/readers");
  EXPECT_EQ(strange.status, Status::kNotFound);
  EXPECT_EQ(Get(alice_, PathOf(chat) + "/messages/9/readers").body, strange.body);
  EXPECT_EQ(Get(alice_, PathOf(chat) + "/messages/x/readers").body, strange.body);
}

TEST_F(MarksApiTest, AMemberMutesAndArchivesForThemselves) {
  Befriend(alice_, bob_);
  const ConversationId chat = OpenDirect(alice_, bob_);

  const auto set = Read<v1::ConversationResponse>(
      Put(alice_, PathOf(chat) + "/me",
          R"({"muted_until":"2030-01-02T03:04:05.678Z","archived":true})"));

  EXPECT_TRUE(set.conversation().archived());
  EXPECT_TRUE(set.conversation().has_muted_until());
  const auto hers = Read<v1::ConversationResponse>(Get(alice_, PathOf(chat)));
  EXPECT_TRUE(hers.conversation().archived());
  EXPECT_EQ(hers.conversation().muted_until().seconds(),
            set.conversation().muted_until().seconds());
  const auto his = Read<v1::ConversationResponse>(Get(bob_, PathOf(chat)));
  EXPECT_FALSE(his.conversation().archived());
  EXPECT_FALSE(his.conversation().has_muted_until());

  const auto unset = Read<v1::ConversationResponse>(Put(alice_, PathOf(chat) + "/me", "{}"));
  EXPECT_FALSE(unset.conversation().archived());
  EXPECT_FALSE(unset.conversation().has_muted_until());
}

TEST_F(MarksApiTest, OnlyAMemberSetsAnything) {
  Befriend(alice_, bob_);
  const ConversationId chat = OpenDirect(alice_, bob_);
  const Person carol = Join("carol");

  EXPECT_EQ(Put(carol, PathOf(chat) + "/me", R"({"archived":true})").status, Status::kNotFound);
  EXPECT_EQ(Put(carol, PathOf(ConversationId(5)) + "/me", "{}").status, Status::kNotFound);
}

TEST_F(MarksApiTest, AStoreThatIsAwayIsSaidSo) {
  Befriend(alice_, bob_);
  const ConversationId chat = OpenDirect(alice_, bob_);
  StopStore();

  EXPECT_EQ(Put(alice_, PathOf(chat) + "/me", "{}").status, Status::kServiceUnavailable);
}

}  // namespace
}  // namespace chat::http
