// The payload of a close frame: nothing, or a code and a reason. Parsed for the reader, encoded
// for the writer; the frame around it is theirs.
// Source: RFC 6455 §5.5.1, §7.4.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/websocket/close_code.h"
#include "protocol/websocket/frame_error.h"

namespace chat::websocket {

// A received close frame. No code means that the peer gave none (APIs call that 1005).
struct Close {
  std::optional<CloseCode> code;
  std::string_view reason;
};

// Parses a whole close payload; the reason stays a view into it.
// Errors: kClosePayloadLength (one byte), kCloseCodeIllegal, kCloseReasonNotUtf8.
[[nodiscard]] std::expected<Close, FrameError> ParseClosePayload(std::string_view payload);

// Checks as much of a close payload as has arrived, so that a bad one is refused at its first bad
// byte. Errors: kCloseCodeIllegal, kCloseReasonNotUtf8.
[[nodiscard]] std::expected<void, FrameError> CheckClosePrefix(std::string_view received);

// The payload for `code` and `reason`.
// Limits: a reason longer than 123 bytes is cut, between two code points.
[[nodiscard]] std::string EncodeClosePayload(CloseCode code, std::string_view reason);

}  // namespace chat::websocket
