#include "protocol/websocket/masking.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace chat::websocket {
namespace {

constexpr MaskingKey kKey = {'\x37', '\xfa', '\x21', '\x3d'};

// The formula of the RFC, octet by octet.
std::string MaskedByDefinition(std::string_view payload) {
  std::string masked(payload);
  for (size_t i = 0; i < masked.size(); ++i) masked[i] ^= kKey[i % 4];
  return masked;
}

std::string Payload(size_t bytes) {
  std::string payload;
  for (size_t i = 0; i < bytes; ++i) payload.push_back(static_cast<char>(i * 7));
  return payload;
}

// RFC 6455 §5.7: "Hello" in a masked frame.
TEST(MaskingTest, MasksTheExampleOfTheRfc) {
  std::string payload = "Hello";
  ApplyMask(payload, kKey);
  EXPECT_EQ(payload, "\x7f\x9f\x4d\x51\x58");
}

// RFC 6455 §5.3.
TEST(MaskingTest, FollowsTheDefinitionAtEveryLengthAndAlignment) {
  for (size_t bytes = 0; bytes <= 70; ++bytes) {
    for (size_t alignment = 0; alignment < 8; ++alignment) {
      std::string memory = Payload(alignment + bytes);
      const std::string expected = MaskedByDefinition(std::string_view(memory).substr(alignment));
      ApplyMask(std::span(memory).subspan(alignment), kKey);
      ASSERT_EQ(memory.substr(alignment), expected) << bytes << " bytes at " << alignment;
    }
  }
}

TEST(MaskingTest, TouchesNothingOutsideThePayload) {
  for (size_t bytes = 0; bytes <= 40; ++bytes) {
    std::string memory = Payload(60);
    ApplyMask(std::span(memory).subspan(10, bytes), kKey);
    EXPECT_EQ(memory.substr(0, 10), Payload(60).substr(0, 10));
    EXPECT_EQ(memory.substr(10 + bytes), Payload(60).substr(10 + bytes));
  }
}

TEST(MaskingTest, ContinuesInsideAFrameWhereverItWasSplit) {
  const std::string payload = Payload(40);
  for (size_t at = 0; at <= payload.size(); ++at) {
    std::string pieces = payload;
    ApplyMask(std::span(pieces).first(at), kKey);
    ApplyMask(std::span(pieces).subspan(at), kKey, at);
    ASSERT_EQ(pieces, MaskedByDefinition(payload)) << "split at " << at;
  }
}

TEST(MaskingTest, MaskingTwiceRestoresThePayload) {
  std::string payload = Payload(33);
  ApplyMask(payload, kKey);
  ASSERT_NE(payload, Payload(33));
  ApplyMask(payload, kKey);
  EXPECT_EQ(payload, Payload(33));
}

}  // namespace
}  // namespace chat::websocket
