#include "protocol/websocket/close_payload.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/websocket/transcript.h"

namespace chat::websocket {
namespace {

TEST(ClosePayloadTest, ParsesWhatItEncodes) {
  const std::string payload = EncodeClosePayload(CloseCode::kSlowConsumer, "too slow");
  const auto close = ParseClosePayload(payload);
  ASSERT_TRUE(close);
  EXPECT_EQ(close->code, CloseCode::kSlowConsumer);
  EXPECT_EQ(close->reason, "too slow");
}

TEST(ClosePayloadTest, EmptyMeansThatNoCodeWasGiven) {
  const auto close = ParseClosePayload("");
  ASSERT_TRUE(close);
  EXPECT_EQ(close->code, std::nullopt);
  EXPECT_EQ(close->reason, "");
}

// RFC 6455 §5.5.1, §7.4.
TEST(ClosePayloadTest, RefusesHalfACodeIllegalCodesAndBadReasons) {
  EXPECT_EQ(ParseClosePayload("\x03").error(), FrameError::kClosePayloadLength);
  EXPECT_EQ(ParseClosePayload(Bytes({0x03, 0xED})).error(), FrameError::kCloseCodeIllegal);
  EXPECT_EQ(ParseClosePayload(Bytes({0x03, 0xE8, 0xC3})).error(), FrameError::kCloseReasonNotUtf8);
  EXPECT_EQ(ParseClosePayload(Bytes({0x03, 0xE8, 0xFF})).error(), FrameError::kCloseReasonNotUtf8);
}

TEST(ClosePayloadTest, AnUnfinishedCodePointIsOnlyWrongAtTheEnd) {
  const std::string prefix = Bytes({0x03, 0xE8, 0xC3});
  EXPECT_TRUE(CheckClosePrefix(prefix));
  EXPECT_TRUE(CheckClosePrefix("\x03"));
  EXPECT_EQ(CheckClosePrefix(Bytes({0x03, 0xED})).error(), FrameError::kCloseCodeIllegal);
  EXPECT_EQ(CheckClosePrefix(prefix + "(").error(), FrameError::kCloseReasonNotUtf8);
}

}  // namespace
}  // namespace chat::websocket
