#include "protocol/websocket/frame_header.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/websocket/transcript.h"

namespace chat::websocket {
namespace {

std::optional<FrameError> ErrorOf(std::string_view bytes, Role role) {
  const auto header = ParseFrameHeader(bytes, role);
  return header ? std::nullopt : std::optional(header.error());
}

// How many bytes of `bytes` it takes until the parser knows the header or refuses it.
size_t BytesUntilDecided(std::string_view bytes, Role role) {
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const auto header = ParseFrameHeader(bytes.substr(0, size), role);
    if (!header || *header) return size;
  }
  return bytes.size() + 1;
}

// RFC 6455 §5.2: the three forms of the length, with and without a key.
TEST(FrameHeaderTest, ParsesWhatItSerialisesForEveryFormOfTheLength) {
  struct Case {
    uint64_t payload_bytes;
    size_t header_bytes;
  };
  for (const Case c : {Case{0, 2},
                       {1, 2},
                       {125, 2},
                       {126, 4},
                       {127, 4},
                       {65535, 4},
                       {65536, 10},
                       {1ull << 32, 10},
                       {(1ull << 63) - 1, 10}}) {
    for (const Role role : {Role::kServer, Role::kClient}) {
      FrameHeader header{.opcode = Opcode::kBinary, .payload_bytes = c.payload_bytes};
      if (role == Role::kServer) header.mask = kTestKey;
      const EncodedHeader encoded(header);

      const auto parsed = ParseFrameHeader(encoded.view(), role);

      ASSERT_TRUE(parsed && *parsed) << c.payload_bytes;
      EXPECT_EQ((*parsed)->opcode, Opcode::kBinary);
      EXPECT_TRUE((*parsed)->fin);
      EXPECT_EQ((*parsed)->payload_bytes, c.payload_bytes);
      EXPECT_EQ((*parsed)->mask, header.mask);
      EXPECT_EQ((*parsed)->header_bytes(), c.header_bytes + (role == Role::kServer ? 4 : 0));
      EXPECT_EQ(encoded.view().size(), (*parsed)->header_bytes());
      EXPECT_EQ(BytesUntilDecided(encoded.view(), role), encoded.view().size());
    }
  }
}

// RFC 6455 §5.2: FIN, RSV1, RSV2, RSV3 and the opcode, all 256 first bytes.
TEST(FrameHeaderTest, JudgesEveryFirstByteByItself) {
  for (int first = 0; first < 256; ++first) {
    const int opcode = first & 0x0F;
    const bool known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
    std::optional<FrameError> expected;
    if ((first & 0x70) != 0) {
      expected = FrameError::kReservedBits;
    } else if (!known) {
      expected = FrameError::kUnknownOpcode;
    } else if (opcode >= 8 && first < 0x80) {
      expected = FrameError::kControlFragmented;
    }
    EXPECT_EQ(ErrorOf(Bytes({first}), Role::kServer), expected) << first;
    EXPECT_EQ(ErrorOf(Bytes({first}), Role::kClient), expected) << first;
  }
}

// RFC 6455 §5.1: a server refuses unmasked frames, a client masked ones.
TEST(FrameHeaderTest, RefusesTheWrongMaskBitAtTheSecondByte) {
  EXPECT_EQ(ErrorOf(Bytes({0x81, 0x05}), Role::kServer), FrameError::kNotMasked);
  EXPECT_EQ(ErrorOf(Bytes({0x81, 0x85}), Role::kClient), FrameError::kMasked);
  EXPECT_EQ(ErrorOf(Bytes({0x81, 0x85}), Role::kServer), std::nullopt);
  EXPECT_EQ(ErrorOf(Bytes({0x81, 0x05}), Role::kClient), std::nullopt);
}

// RFC 6455 §5.5: control frames have at most 125 bytes.
TEST(FrameHeaderTest, RefusesLongControlFramesAtTheSecondByte) {
  for (const int opcode : {0x88, 0x89, 0x8A}) {
    EXPECT_EQ(ErrorOf(Bytes({opcode, 0x80 | 125}), Role::kServer), std::nullopt);
    EXPECT_EQ(ErrorOf(Bytes({opcode, 0x80 | 126}), Role::kServer), FrameError::kControlTooLong);
    EXPECT_EQ(ErrorOf(Bytes({opcode, 0x80 | 127}), Role::kServer), FrameError::kControlTooLong);
  }
}

// RFC 6455 §5.2: "the minimal number of bytes MUST be used", "the most significant bit MUST be 0".
TEST(FrameHeaderTest, RefusesBadLengthsBeforeTheKeyArrives) {
  struct Case {
    std::string bytes;
    FrameError error;
  };
  const std::vector<Case> cases = {
      {Bytes({0x82, 0xFE, 0, 0}), FrameError::kLengthNotMinimal},
      {Bytes({0x82, 0xFE, 0, 125}), FrameError::kLengthNotMinimal},
      {Bytes({0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0, 5}), FrameError::kLengthNotMinimal},
      {Bytes({0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}), FrameError::kLengthNotMinimal},
      {Bytes({0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0}), FrameError::kLengthHighBit},
      {Bytes({0x82, 0xFF, 255, 255, 255, 255, 255, 255, 255, 255}), FrameError::kLengthHighBit},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ErrorOf(c.bytes, Role::kServer), c.error);
    EXPECT_EQ(BytesUntilDecided(c.bytes, Role::kServer), c.bytes.size());
  }
}

TEST(FrameHeaderTest, IgnoresWhatFollowsTheHeader) {
  const auto header = ParseFrameHeader(Bytes({0x01, 0x03, 'a', 'b', 'c', 0xFF}), Role::kClient);
  ASSERT_TRUE(header && *header);
  EXPECT_EQ((*header)->header_bytes(), 2u);
  EXPECT_EQ((*header)->payload_bytes, 3u);
  EXPECT_FALSE((*header)->fin);
}

}  // namespace
}  // namespace chat::websocket
