#include "protocol/websocket/frame_error.h"

#include <utility>

namespace chat::websocket {

CloseCode CloseCodeFor(FrameError error) {
  switch (error) {
    case FrameError::kMessageTooLong:
    case FrameError::kTooManyFragments:
      return CloseCode::kTooLarge;
    case FrameError::kTextNotUtf8:
    case FrameError::kCloseReasonNotUtf8:
      return CloseCode::kInvalidUtf8;
    case FrameError::kReservedBits:
    case FrameError::kUnknownOpcode:
    case FrameError::kNotMasked:
    case FrameError::kMasked:
    case FrameError::kControlFragmented:
    case FrameError::kControlTooLong:
    case FrameError::kLengthNotMinimal:
    case FrameError::kLengthHighBit:
    case FrameError::kStrayContinuation:
    case FrameError::kMessageInterrupted:
    case FrameError::kClosePayloadLength:
    case FrameError::kCloseCodeIllegal:
      return CloseCode::kProtocolError;
  }
  std::unreachable();
}

std::string_view Describe(FrameError error) {
  switch (error) {
    case FrameError::kReservedBits:
      return "reserved bits are set";
    case FrameError::kUnknownOpcode:
      return "unknown opcode";
    case FrameError::kNotMasked:
      return "frame from a client is not masked";
    case FrameError::kMasked:
      return "frame from a server is masked";
    case FrameError::kControlFragmented:
      return "control frame is fragmented";
    case FrameError::kControlTooLong:
      return "control frame is longer than 125 bytes";
    case FrameError::kLengthNotMinimal:
      return "length is not in its shortest form";
    case FrameError::kLengthHighBit:
      return "length has its highest bit set";
    case FrameError::kStrayContinuation:
      return "continuation without a message";
    case FrameError::kMessageInterrupted:
      return "new message inside a fragmented one";
    case FrameError::kMessageTooLong:
      return "message is too long";
    case FrameError::kTooManyFragments:
      return "message has too many fragments";
    case FrameError::kTextNotUtf8:
      return "text is not UTF-8";
    case FrameError::kClosePayloadLength:
      return "close frame with half a code";
    case FrameError::kCloseCodeIllegal:
      return "close code must not be sent";
    case FrameError::kCloseReasonNotUtf8:
      return "close reason is not UTF-8";
  }
  std::unreachable();
}

}  // namespace chat::websocket
