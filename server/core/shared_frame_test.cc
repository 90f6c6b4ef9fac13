#include "server/core/shared_frame.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace chat {
namespace {

v1::ServerFrame Typing() {
  v1::ServerFrame frame;
  frame.mutable_typing()->set_conversation_id(7);
  frame.mutable_typing()->set_user_id(1);
  frame.mutable_typing()->set_active(true);
  return frame;
}

// A frame below 126 bytes, as RFC 6455 §5.2 draws it.
std::string WithHeader(char first_byte, const std::string& payload) {
  return std::string{first_byte, static_cast<char>(payload.size())} + payload;
}

// The payload of a short unmasked frame, which stands behind a header of two bytes.
std::string_view PayloadOf(const WireFrame& wire) { return std::string_view(*wire).substr(2); }

TEST(SharedFrameTest, PutsJsonIntoATextFrame) {
  const WireFrame wire = EncodeWire(Encoding::kJson, Typing());

  const std::string json = R"({"typing":{"conversation_id":"7","user_id":"1","active":true}})";
  EXPECT_EQ(*wire, WithHeader('\x81', json));
}

TEST(SharedFrameTest, PutsProtobufIntoABinaryFrame) {
  const WireFrame wire = EncodeWire(Encoding::kProtobuf, Typing());

  const std::string payload = Typing().SerializeAsString();
  EXPECT_EQ(*wire, WithHeader('\x82', payload));
}

TEST(SharedFrameTest, EncodesOncePerEncoding) {
  SharedFrame frame(Typing());

  EXPECT_EQ(frame.wire(Encoding::kJson).get(), frame.wire(Encoding::kJson).get());
  EXPECT_EQ(frame.wire(Encoding::kProtobuf).get(), frame.wire(Encoding::kProtobuf).get());
}

TEST(SharedFrameTest, GivesEachEncodingItsOwnBytes) {
  SharedFrame frame(Typing());

  for (const Encoding encoding : {Encoding::kJson, Encoding::kProtobuf}) {
    const auto decoded = DecodeServerFrame(encoding, PayloadOf(frame.wire(encoding)));
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->SerializeAsString(), Typing().SerializeAsString());
  }
}

TEST(SharedFrameTest, LeavesItsBytesToThoseWhoStillWriteThem) {
  WireFrame wire;
  {
    SharedFrame frame(Typing());
    wire = frame.wire(Encoding::kProtobuf);
  }
  EXPECT_EQ(wire.use_count(), 1);
  EXPECT_EQ(PayloadOf(wire), Typing().SerializeAsString());
}

}  // namespace
}  // namespace chat
