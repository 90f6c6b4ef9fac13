// What can be wrong with received frames, the close code each earns and a few words for the log.
// The codec's own error type: nothing about the socket or about the content of messages.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/websocket/close_code.h"

namespace chat::websocket {

enum class FrameError : uint8_t {
  kReservedBits,
  kUnknownOpcode,
  kNotMasked,
  kMasked,
  kControlFragmented,
  kControlTooLong,
  kLengthNotMinimal,
  kLengthHighBit,
  kStrayContinuation,
  kMessageInterrupted,
  kMessageTooLong,
  kTooManyFragments,
  kTextNotUtf8,
  kClosePayloadLength,
  kCloseCodeIllegal,
  kCloseReasonNotUtf8,
};

// The code to close the connection with: 1002, 1007 or 1009.
CloseCode CloseCodeFor(FrameError error);

// A short English phrase, safe to log and to send as a close reason.
std::string_view Describe(FrameError error);

}  // namespace chat::websocket
