#include "protocol/websocket/frame_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "protocol/websocket/transcript.h"

namespace chat::websocket {
namespace {

// RFC 6455 §5.7: the examples of single frames.
TEST(FrameWriterTest, WritesTheExamplesOfTheRfc) {
  EXPECT_EQ(EncodeFrame(Opcode::kText, "Hello"), Bytes({0x81, 5, 'H', 'e', 'l', 'l', 'o'}));
  EXPECT_EQ(EncodeFrame(Opcode::kPing, "Hello"), Bytes({0x89, 5, 'H', 'e', 'l', 'l', 'o'}));
  EXPECT_EQ(EncodeFrame(Opcode::kBinary, std::string(256, 'b')),
            Bytes({0x82, 0x7E, 0x01, 0x00}) + std::string(256, 'b'));
  EXPECT_EQ(EncodeFrame(Opcode::kBinary, std::string(65536, 'b')),
            Bytes({0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0}) + std::string(65536, 'b'));

  std::string masked;
  AppendMaskedFrame(masked, Opcode::kText, "Hello", kTestKey);
  EXPECT_EQ(masked, Bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
}

TEST(FrameWriterTest, AppendsBehindWhatIsThere) {
  std::string out = "before";
  AppendFrame(out, Opcode::kText, "one");
  AppendMaskedFrame(out, Opcode::kText, "two", kTestKey);
  EXPECT_EQ(out, "before" + EncodeFrame(Opcode::kText, "one") + ClientFrame(Opcode::kText, "two"));
}

TEST(FrameWriterTest, HeaderAndPayloadApartMakeTheSameFrame) {
  for (const size_t bytes : {0, 1, 125, 126, 65535, 65536}) {
    const std::string payload(bytes, 'p');
    std::string out;
    AppendFrameHeader(out, Opcode::kBinary, payload.size());
    EXPECT_EQ(out + payload, EncodeFrame(Opcode::kBinary, payload)) << bytes;
  }
}

// RFC 6455 §5.5.1: the code in network byte order, then the reason.
TEST(FrameWriterTest, WritesCloseFramesOfBothRoles) {
  std::string server;
  AppendClose(server, CloseCode::kSessionRevoked, "bye");
  EXPECT_EQ(server, Bytes({0x88, 5, 0x0F, 0xA2, 'b', 'y', 'e'}));

  std::string client;
  AppendMaskedClose(client, CloseCode::kNormal, "", kTestKey);
  EXPECT_EQ(client, ClientFrame(Opcode::kClose, Bytes({0x03, 0xE8})));
}

// RFC 6455 §5.5: a close frame too has at most 125 bytes, and §5.5.1 its reason is UTF-8.
TEST(FrameWriterTest, CutsLongCloseReasonsBetweenCodePoints) {
  const std::string euro = "\xE2\x82\xAC";
  for (size_t padding = 118; padding <= 124; ++padding) {
    std::string out;
    AppendClose(out, CloseCode::kPolicyViolation, std::string(padding, 'x') + euro + euro);

    const size_t euros = padding <= 120 ? (123 - padding) / 3 : 0;
    std::string expected = "close:1008:" + std::string(std::min<size_t>(padding, 123), 'x');
    for (size_t i = 0; i < euros; ++i) expected += euro;
    EXPECT_EQ(ReadAs(Role::kClient, out).lines, std::vector{expected}) << padding;
  }
}

}  // namespace
}  // namespace chat::websocket
