#include "protocol/websocket/close_code.h"

#include <gtest/gtest.h>

#include <utility>

namespace chat::websocket {
namespace {

// RFC 6455 §7.4.2: the ranges.
TEST(CloseCodeTest, AllowsRegisteredLibraryAndApplicationCodesOnTheWire) {
  for (const uint16_t code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013,
                              1014, 3000, 3999, 4000, 4001, 4999}) {
    EXPECT_TRUE(IsLegalOnWire(code)) << code;
  }
}

// RFC 6455 §7.4.1: 1004, 1005, 1006, 1015 are reserved; §7.4.2: the rest is unused.
TEST(CloseCodeTest, RefusesReservedAndUnassignedCodesOnTheWire) {
  for (const uint16_t code :
       {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    EXPECT_FALSE(IsLegalOnWire(code)) << code;
  }
}

TEST(CloseCodeTest, EveryNamedCodeIsLegalOnTheWire) {
  using enum CloseCode;
  for (const CloseCode code :
       {kNormal, kGoingAway, kProtocolError, kWrongFrameType, kInvalidUtf8, kPolicyViolation,
        kTooLarge, kInternalError, kServerRestart, kOverloaded, kSessionExpired, kSessionRevoked,
        kHeartbeatTimeout, kSlowConsumer}) {
    EXPECT_TRUE(IsLegalOnWire(std::to_underlying(code))) << std::to_underlying(code);
  }
}

}  // namespace
}  // namespace chat::websocket
