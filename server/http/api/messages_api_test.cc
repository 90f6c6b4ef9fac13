#include "server/http/api/messages_api.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "protocol/limits.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

class MessagesApiTest : public ApiFixture {
 protected:
  MessagesApiTest() : alice_(Join("alice")), bob_(Join("bob")) {
    Befriend(alice_, bob_);
    conversation_ = OpenDirect(alice_, bob_);
    Say(alice_, conversation_, "hello");
  }

  std::string PathOf(const std::string& seq) const {
    return "/v1/conversations/" + conversation_.ToString() + "/messages/" + seq;
  }

  v1::Message FirstMessage(const Person& who) {
    const auto path = "/v1/conversations/" + conversation_.ToString() + "/messages";
    return Read<v1::ListMessagesResponse>(Get(who, path)).messages(0);
  }

  Person alice_;
  Person bob_;
  ConversationId conversation_;
};

TEST_F(MessagesApiTest, AnEditAnswersTheMessageAsItIsNow) {
  const Response edited = Patch(alice_, PathOf("1"), R"({"text":"better"})");

  EXPECT_EQ(edited.status, Status::kOk);
  const v1::Message message = Read<v1::MessageResponse>(edited).message();
  EXPECT_EQ(message.seq(), 1);
  EXPECT_EQ(message.text(), "better");
  EXPECT_EQ(message.change(), 1);
  EXPECT_TRUE(message.has_edited_at());
  EXPECT_EQ(FirstMessage(bob_).text(), "better");
}

TEST_F(MessagesApiTest, TheLongestTextFits) {
  const std::string text(kTextCodePointsMax, 'x');

  EXPECT_EQ(Patch(alice_, PathOf("1"), R"({"text":")" + text + "\"}").status, Status::kOk);
  EXPECT_EQ(CodeOf(Patch(alice_, PathOf("1"), R"({"text":"x)" + text + "\"}")), "too_large");
}

TEST_F(MessagesApiTest, ADeletionLeavesATombstoneAndMayBeRepeated) {
  EXPECT_EQ(Delete(alice_, PathOf("1")).status, Status::kNoContent);
  EXPECT_EQ(Delete(alice_, PathOf("1")).status, Status::kNoContent);

  const v1::Message message = FirstMessage(bob_);
  EXPECT_TRUE(message.deleted());
  EXPECT_EQ(message.text(), "");
  EXPECT_EQ(message.change(), 1);
  EXPECT_EQ(CodeOf(Patch(alice_, PathOf("1"), R"({"text":"back"})")), "conflict");
}

TEST_F(MessagesApiTest, RefusesWhatIsAnothersOrAbsent) {
  const Person eve = Join("eve");

  EXPECT_EQ(CodeOf(Patch(bob_, PathOf("1"), R"({"text":"mine"})")), "forbidden");
  EXPECT_EQ(CodeOf(Delete(bob_, PathOf("1"))), "forbidden");
  EXPECT_EQ(CodeOf(Delete(eve, PathOf("1"))), "not_found");
  EXPECT_EQ(CodeOf(Delete(alice_, PathOf("2"))), "not_found");
  EXPECT_EQ(CodeOf(Delete(alice_, PathOf("one"))), "not_found");
  EXPECT_EQ(CodeOf(Patch(alice_, PathOf("1"), R"({"text":""})")), "invalid_argument");
  EXPECT_EQ(Delete({}, PathOf("1")).status, Status::kUnauthorized);
}

TEST_F(MessagesApiTest, SaysSoWhenTheStoreIsDown) {
  StopStore();

  EXPECT_EQ(CodeOf(Delete(alice_, PathOf("1"))), "unavailable");
}

}  // namespace
}  // namespace chat::http
