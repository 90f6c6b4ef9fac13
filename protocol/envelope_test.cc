#include "protocol/envelope.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "protocol/limits.h"

namespace chat {
namespace {

using std::string_view_literals::operator""sv;

// Expects that `bytes` are refused with `code`, and `ref` with it.
void ExpectRefused(Encoding encoding, std::string_view bytes, ErrorCode code,
                   std::optional<std::uint32_t> ref) {
  const auto frame = DecodeClientFrame(encoding, bytes);
  ASSERT_FALSE(frame.has_value());
  EXPECT_EQ(frame.error().refusal.code, code) << frame.error().refusal.detail;
  EXPECT_FALSE(frame.error().refusal.detail.empty());
  EXPECT_EQ(frame.error().ref, ref);
}

class EnvelopeTest : public testing::TestWithParam<Encoding> {};

TEST_P(EnvelopeTest, CarriesAClientFrame) {
  v1::ClientFrame frame;
  frame.set_ref(7);
  frame.mutable_send()->set_conversation_id(90'001);
  frame.mutable_send()->set_client_msg_id("m1");
  frame.mutable_send()->set_text("h\u00e9 \U0001F600");

  const auto decoded = DecodeClientFrame(GetParam(), EncodeClientFrame(GetParam(), frame));

  ASSERT_TRUE(decoded.has_value()) << decoded.error().refusal.detail;
  EXPECT_EQ(decoded->SerializeAsString(), frame.SerializeAsString());
}

TEST_P(EnvelopeTest, CarriesAServerFrame) {
  v1::ServerFrame frame;
  frame.mutable_ack()->set_seq(3);
  frame.mutable_ack()->set_client_msg_id("m1");

  const auto decoded = DecodeServerFrame(GetParam(), EncodeServerFrame(GetParam(), frame));

  ASSERT_TRUE(decoded.has_value()) << decoded.error().refusal.detail;
  EXPECT_EQ(decoded->SerializeAsString(), frame.SerializeAsString());
  EXPECT_FALSE(decoded->has_ref());
}

TEST_P(EnvelopeTest, TellsRefZeroFromNoRef) {
  v1::ClientFrame frame;
  frame.mutable_heartbeat();
  EXPECT_FALSE(DecodeClientFrame(GetParam(), EncodeClientFrame(GetParam(), frame))->has_ref());

  frame.set_ref(0);

  EXPECT_TRUE(DecodeClientFrame(GetParam(), EncodeClientFrame(GetParam(), frame))->has_ref());
}

TEST_P(EnvelopeTest, RefusesAFrameOfNoBytes) {
  ExpectRefused(GetParam(), "", ErrorCode::kInvalidFrame, std::nullopt);
}

TEST_P(EnvelopeTest, RefusesAFrameWithoutABody) {
  v1::ClientFrame frame;
  frame.set_ref(9);

  ExpectRefused(GetParam(), EncodeClientFrame(GetParam(), frame), ErrorCode::kUnsupported, 9);
}

TEST_P(EnvelopeTest, RefusesMoreThanAFrameMayHave) {
  v1::ClientFrame frame;
  frame.mutable_send()->set_text(std::string(kFrameBytesMax, 'x'));

  ExpectRefused(GetParam(), EncodeClientFrame(GetParam(), frame), ErrorCode::kTooLarge,
                std::nullopt);
}

// The body of a frame that only a later version knows, next to a `ref` that this one does.
TEST_P(EnvelopeTest, AnswersABodyOfALaterVersionByItsRef) {
  const std::string_view bytes = GetParam() == Encoding::kJson
                                     ? R"({"ref":3,"teleport":{"to":"5"}})"sv
                                     : "\x08\x03\xFA\x01\x02\x08\x05"sv;

  ExpectRefused(GetParam(), bytes, ErrorCode::kUnsupported, 3);
}

TEST_P(EnvelopeTest, SkipsAServerFrameOfALaterVersion) {
  const std::string_view bytes =
      GetParam() == Encoding::kJson ? R"({"fireworks":{}})"sv : "\xFA\x01\x00"sv;

  const auto frame = DecodeServerFrame(GetParam(), bytes);

  ASSERT_FALSE(frame.has_value());
  EXPECT_EQ(frame.error().refusal.code, ErrorCode::kUnsupported);
}

TEST_P(EnvelopeTest, EchoesTheRefOfABodyThatDoesNotParse) {
  const std::string_view bytes = GetParam() == Encoding::kJson ? R"({"ref":3,"send":{"text":5}})"sv
                                                               : "\x08\x03\x1A\x03\x1A\x01\xFF"sv;

  ExpectRefused(GetParam(), bytes, ErrorCode::kInvalidFrame, 3);
}

INSTANTIATE_TEST_SUITE_P(BothEncodings, EnvelopeTest,
                         testing::Values(Encoding::kJson, Encoding::kProtobuf),
                         [](const auto& encoding) {
                           return encoding.param == Encoding::kJson ? "Json" : "Protobuf";
                         });

TEST(EnvelopeSizeTest, EncodesAnAckInNoMoreThanItNeeds) {
  v1::ServerFrame frame;
  frame.mutable_ack()->set_conversation_id(std::int64_t{1} << 58);
  frame.mutable_ack()->set_message_id(std::int64_t{1} << 58);
  frame.mutable_ack()->set_seq(1000);
  frame.mutable_ack()->set_client_msg_id(std::string(36, 'u'));

  // Tags and length 2+2+1+2+2, ids 16, seq 2, and the client's own id.
  EXPECT_LE(EncodeServerFrame(Encoding::kProtobuf, frame).size(), 36u + 28u);
}

}  // namespace
}  // namespace chat
