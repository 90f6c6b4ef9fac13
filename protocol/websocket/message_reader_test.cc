#include "protocol/websocket/message_reader.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/websocket/frame_writer.h"
#include "protocol/websocket/transcript.h"

namespace chat::websocket {
namespace {

Transcript Found(std::vector<std::string> lines) { return {.lines = std::move(lines)}; }

Transcript Refused(FrameError error, std::vector<std::string> lines = {}) {
  return {.lines = std::move(lines), .error = error};
}

// Frames that a server may see, in every split.
Transcript Server(std::string_view bytes) { return ReadAsInEverySplit(Role::kServer, bytes); }

Transcript Client(std::string_view bytes) { return ReadAsInEverySplit(Role::kClient, bytes); }

// RFC 6455 §5.7: each example of the section.
TEST(MessageReaderTest, ReadsTheExamplesOfTheRfc) {
  EXPECT_EQ(Client(Bytes({0x81, 0x05, 'H', 'e', 'l', 'l', 'o'})), Found({"text:Hello"}));
  EXPECT_EQ(Server(Bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58})),
            Found({"text:Hello"}));
  EXPECT_EQ(Client(Bytes({0x01, 0x03, 'H', 'e', 'l', 0x80, 0x02, 'l', 'o'})),
            Found({"text:Hello"}));
  EXPECT_EQ(Client(Bytes({0x89, 0x05, 'H', 'e', 'l', 'l', 'o'})), Found({"ping:Hello"}));
  EXPECT_EQ(Server(Bytes({0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58})),
            Found({"pong:Hello"}));
  EXPECT_EQ(Client(Bytes({0x82, 0x7E, 0x01, 0x00}) + std::string(256, 'b')),
            Found({"binary:" + std::string(256, 'b')}));
  EXPECT_EQ(
      ReadAs(Role::kClient, Bytes({0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0}) + std::string(65536, 'b')),
      Found({"binary:" + std::string(65536, 'b')}));
}

// RFC 6455 §5.2: each form of the length, on both sides of its borders.
TEST(MessageReaderTest, ReadsEveryFormOfTheLength) {
  for (const size_t bytes : {0, 1, 125, 126, 127, 300}) {
    const std::string payload(bytes, 'x');
    EXPECT_EQ(Server(ClientFrame(Opcode::kBinary, payload)), Found({"binary:" + payload}));
    EXPECT_EQ(Client(EncodeFrame(Opcode::kText, payload)), Found({"text:" + payload}));
  }
  for (const size_t bytes : {65535, 65536, 1024 * 1024}) {
    const std::string payload(bytes, 'x');
    EXPECT_EQ(ReadAs(Role::kServer, ClientFrame(Opcode::kText, payload)),
              Found({"text:" + payload}));
  }
}

// RFC 6455 §5.1.
TEST(MessageReaderTest, RefusesFramesWithTheMaskingOfTheOtherRole) {
  EXPECT_EQ(Server(EncodeFrame(Opcode::kText, "Hello")), Refused(FrameError::kNotMasked));
  EXPECT_EQ(Client(ClientFrame(Opcode::kText, "Hello")), Refused(FrameError::kMasked));
}

// RFC 6455 §5.2: "MUST be 0 unless an extension is negotiated", and none ever is.
TEST(MessageReaderTest, RefusesReservedBitsAndOpcodes) {
  for (const int bit : {0x10, 0x20, 0x40}) {
    EXPECT_EQ(Server(Bytes({0x81 | bit, 0x80, 1, 2, 3, 4})), Refused(FrameError::kReservedBits));
  }
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    EXPECT_EQ(Server(Bytes({0x80 | opcode, 0x80, 1, 2, 3, 4})),
              Refused(FrameError::kUnknownOpcode));
  }
}

// RFC 6455 §5.4: fragments of any number and size make one message.
TEST(MessageReaderTest, JoinsFragments) {
  EXPECT_EQ(
      Server(ClientFragment(Opcode::kText, "one ") + ClientFragment(Opcode::kContinuation, "two ") +
             ClientFrame(Opcode::kContinuation, "three")),
      Found({"text:one two three"}));
  EXPECT_EQ(Server(ClientFragment(Opcode::kBinary, "") + ClientFragment(Opcode::kContinuation, "") +
                   ClientFrame(Opcode::kContinuation, "")),
            Found({"binary:"}));
}

// RFC 6455 §5.4: "Control frames MAY be injected in the middle of a fragmented message."
TEST(MessageReaderTest, ReadsControlFramesBetweenFragments) {
  EXPECT_EQ(Server(ClientFragment(Opcode::kText, "a") + ClientFrame(Opcode::kPing, "p1") +
                   ClientFragment(Opcode::kContinuation, "b") + ClientFrame(Opcode::kPong, "") +
                   ClientFrame(Opcode::kContinuation, "c") + ClientFrame(Opcode::kText, "d")),
            Found({"ping:p1", "pong:", "text:abc", "text:d"}));
}

// RFC 6455 §5.4: "The fragments of one message MUST NOT be interleaved".
TEST(MessageReaderTest, RefusesFragmentsOutOfOrder) {
  EXPECT_EQ(Server(ClientFrame(Opcode::kContinuation, "x")),
            Refused(FrameError::kStrayContinuation));
  EXPECT_EQ(Server(ClientFragment(Opcode::kContinuation, "x")),
            Refused(FrameError::kStrayContinuation));
  EXPECT_EQ(Server(ClientFrame(Opcode::kText, "a") + ClientFrame(Opcode::kContinuation, "x")),
            Refused(FrameError::kStrayContinuation, {"text:a"}));
  EXPECT_EQ(Server(ClientFragment(Opcode::kText, "a") + ClientFrame(Opcode::kText, "x")),
            Refused(FrameError::kMessageInterrupted));
  EXPECT_EQ(Server(ClientFragment(Opcode::kText, "a") + ClientFragment(Opcode::kBinary, "x")),
            Refused(FrameError::kMessageInterrupted));
}

// RFC 6455 §5.5: at most 125 bytes, never fragmented.
TEST(MessageReaderTest, RefusesLongOrFragmentedControlFrames) {
  for (const Opcode opcode : {Opcode::kClose, Opcode::kPing, Opcode::kPong}) {
    EXPECT_EQ(Server(ClientFrame(opcode, std::string(126, 'x'))),
              Refused(FrameError::kControlTooLong));
    EXPECT_EQ(Server(ClientFragment(opcode, "x")), Refused(FrameError::kControlFragmented));
  }
  EXPECT_EQ(Server(ClientFrame(Opcode::kPing, std::string(125, 'x'))),
            Found({"ping:" + std::string(125, 'x')}));
}

// RFC 6455 §5.5.1: "the peer … does not process any further data received".
TEST(MessageReaderTest, FindsNothingAfterAClose) {
  const std::string later = ClientFrame(Opcode::kText, "late") + Bytes({0xFF, 0xFF});
  EXPECT_EQ(Server(ClientFrame(Opcode::kClose, "") + later), Found({"close:"}));
  EXPECT_EQ(Server(ClientFrame(Opcode::kText, "x") +
                   ClientFrame(Opcode::kClose, Bytes({0x03, 0xE8, 'b', 'y', 'e'})) + later),
            Found({"text:x", "close:1000:bye"}));
}

TEST(MessageReaderTest, FindsNothingAfterAViolation) {
  EXPECT_EQ(Server(Bytes({0xFF, 0xFF}) + ClientFrame(Opcode::kText, "late")),
            Refused(FrameError::kReservedBits));
}

// RFC 6455 §5.5.1, §7.4.
TEST(MessageReaderTest, RefusesBadClosePayloads) {
  EXPECT_EQ(Server(ClientFrame(Opcode::kClose, "x")), Refused(FrameError::kClosePayloadLength));
  for (const auto& code : {Bytes({0, 0}), Bytes({0x03, 0xE7}), Bytes({0x03, 0xEC}),
                           Bytes({0x03, 0xED}), Bytes({0x03, 0xEE}), Bytes({0x03, 0xF7}),
                           Bytes({0x07, 0xD0}), Bytes({0x13, 0x88}), Bytes({0xFF, 0xFF})}) {
    EXPECT_EQ(Server(ClientFrame(Opcode::kClose, code + "reason")),
              Refused(FrameError::kCloseCodeIllegal));
  }
  EXPECT_EQ(Server(ClientFrame(Opcode::kClose, Bytes({0x03, 0xE8}) + "ok\xED\xA0\x80")),
            Refused(FrameError::kCloseReasonNotUtf8));
  EXPECT_EQ(Server(ClientFrame(Opcode::kClose, Bytes({0x03, 0xE8}) + "ok\xE2\x82")),
            Refused(FrameError::kCloseReasonNotUtf8));
}

TEST(MessageReaderTest, PassesOnCloseCodesThatHaveNoNameHere) {
  EXPECT_EQ(Server(ClientFrame(Opcode::kClose, Bytes({0x0B, 0xB8, 'x'}))), Found({"close:3000:x"}));
}

// RFC 6455 §8.1: text is UTF-8 as a whole, so a code point may be cut between fragments.
TEST(MessageReaderTest, ReadsCodePointsThatAreSplitAcrossFragments) {
  const std::string smiley = "\xF0\x9F\x98\x80";
  for (size_t at = 0; at <= smiley.size(); ++at) {
    EXPECT_EQ(Server(ClientFragment(Opcode::kText, smiley.substr(0, at)) +
                     ClientFrame(Opcode::kPing, "\xFF") +
                     ClientFrame(Opcode::kContinuation, smiley.substr(at))),
              Found({"ping:\xFF", "text:" + smiley}));
  }
}

// RFC 6455 §8.1.
TEST(MessageReaderTest, RefusesTextThatIsNotUtf8) {
  for (const std::string& bad :
       {"\xFF", "a\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "cut \xE2\x82"}) {
    EXPECT_EQ(Server(ClientFrame(Opcode::kText, bad)), Refused(FrameError::kTextNotUtf8));
    EXPECT_EQ(Server(ClientFrame(Opcode::kBinary, bad)), Found({"binary:" + bad}));
    for (size_t at = 0; at <= bad.size(); ++at) {
      EXPECT_EQ(Server(ClientFragment(Opcode::kText, bad.substr(0, at)) +
                       ClientFrame(Opcode::kContinuation, bad.substr(at))),
                Refused(FrameError::kTextNotUtf8));
    }
  }
}

TEST(MessageReaderTest, FindsEverythingThatLiesInOneBuffer) {
  std::string bytes;
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) {
    bytes += ClientFrame(Opcode::kText, std::to_string(i));
    expected.push_back("text:" + std::to_string(i));
  }
  EXPECT_EQ(ReadAs(Role::kServer, bytes), Found(expected));
}

TEST(MessageReaderTest, NoInputIsNoProgress) { EXPECT_EQ(ReadAs(Role::kServer, ""), Found({})); }

// What net/ times out: everything that has begun and not ended.
TEST(MessageReaderTest, SaysWhetherSomethingIsInProgress) {
  const std::string message = ClientFragment(Opcode::kText, "a") + ClientFrame(Opcode::kPing, "") +
                              ClientFrame(Opcode::kContinuation, "b");
  for (size_t bytes = 0; bytes <= message.size(); ++bytes) {
    MessageReader reader(Role::kServer);
    const bool inside = bytes > 0 && bytes < message.size();
    EXPECT_EQ(Read(reader, message.substr(0, bytes)).in_progress, inside) << bytes;
  }
}

TEST(MessageReaderTest, NothingIsInProgressAfterTheEnd) {
  const std::string begun = ClientFragment(Opcode::kText, "a");
  EXPECT_FALSE(ReadAs(Role::kServer, begun + ClientFrame(Opcode::kClose, "")).in_progress);
  EXPECT_FALSE(ReadAs(Role::kServer, begun + ClientFrame(Opcode::kText, "")).in_progress);
}

TEST(MessageReaderTest, GoesOnWhereItWasMovedFrom) {
  const std::string frame = ClientFrame(Opcode::kText, "Hello");
  MessageReader first(Role::kServer);
  EXPECT_TRUE(Read(first, frame.substr(0, 8)).in_progress);
  MessageReader second = std::move(first);
  EXPECT_EQ(Read(second, frame.substr(8)), Found({"text:Hello"}));
}

}  // namespace
}  // namespace chat::websocket
