// The close codes of the public contract, and which numbers may stand in a close frame at all.
// Server and clients act on these codes, so a value never changes its meaning.
// A received close frame may carry any legal number, also one that has no name here.
// Source: RFC 6455 §7.4 and the IANA WebSocket close code registry.
#pragma once

#include <cstdint>

namespace chat::websocket {

enum class CloseCode : uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kWrongFrameType = 1003,
  kInvalidUtf8 = 1007,
  kPolicyViolation = 1008,
  kTooLarge = 1009,
  kInternalError = 1011,
  kServerRestart = 1012,
  kOverloaded = 1013,
  kSessionExpired = 4001,
  kSessionRevoked = 4002,
  kHeartbeatTimeout = 4003,
  kSlowConsumer = 4008,
};

// True for codes that a close frame may carry: those registered for the wire, and the ranges for
// libraries (3000–3999) and applications (4000–4999). 1004 to 1006 and 1015 only exist in APIs.
constexpr bool IsLegalOnWire(uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

}  // namespace chat::websocket
