#include "protocol/reserved_fields.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"

namespace chat {
namespace {

template <typename Message>
void ExpectUnsupported(const Message& message, const std::string& field) {
  const auto checked = CheckReservedFields(message);
  ASSERT_FALSE(checked.has_value()) << field;
  EXPECT_EQ(checked.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(checked.error().detail.find(field), std::string::npos) << checked.error().detail;
}

template <typename Send>
class ReservedInSendTest : public testing::Test {};
using SendTypes = testing::Types<v1::SendCommand, v1::SendMessageRequest>;
TYPED_TEST_SUITE(ReservedInSendTest, SendTypes);

TYPED_TEST(ReservedInSendTest, RefusesEachReservedField) {
  TypeParam payload;
  payload.set_payload("");
  ExpectUnsupported(payload, "payload");

  TypeParam payload_type;
  payload_type.set_payload_type("mls");
  ExpectUnsupported(payload_type, "payload_type");

  TypeParam attachments;
  attachments.add_attachments();
  ExpectUnsupported(attachments, "attachments");

  TypeParam mentions;
  mentions.add_mentions(5);
  ExpectUnsupported(mentions, "mentions");
}

TYPED_TEST(ReservedInSendTest, TakesEverythingElse) {
  TypeParam send;
  send.set_client_msg_id("1");
  send.set_text("hello");
  send.set_reply_to_seq(3);

  EXPECT_TRUE(CheckReservedFields(send).has_value());
}

TEST(ReservedInLoginTest, RefusesPush) {
  v1::LoginRequest login;
  EXPECT_TRUE(CheckReservedFields(login).has_value());

  login.mutable_push();

  ExpectUnsupported(login, "push");
}

}  // namespace
}  // namespace chat
