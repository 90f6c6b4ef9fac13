// Writes frames: appended to an out-buffer, so that many leave in one send, or as bytes of their
// own that many connections share. Servers write unmasked frames, clients masked ones.
// It does not split messages: one message is one frame.
// Source: RFC 6455 §5.2, §5.3, §6.1.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/websocket/close_code.h"
#include "protocol/websocket/masking.h"
#include "protocol/websocket/opcode.h"

namespace chat::websocket {

// Appends one unmasked frame, as servers send it.
// Limits: payloads of control frames are at most 125 bytes; anything else is a bug of the caller.
void AppendFrame(std::string& out, Opcode opcode, std::string_view payload);

// Appends only the header of an unmasked frame; `payload_bytes` bytes of payload must follow it.
// Limits: as AppendFrame.
void AppendFrameHeader(std::string& out, Opcode opcode, size_t payload_bytes);

// The bytes of one unmasked frame. They name no recipient, so one copy serves all of them.
// Limits: as AppendFrame.
[[nodiscard]] std::string EncodeFrame(Opcode opcode, std::string_view payload);

// Appends an unmasked close frame. Limits: the reason is cut to 123 bytes.
void AppendClose(std::string& out, CloseCode code, std::string_view reason);

// Appends one masked frame, as clients send it. `key` should be unpredictable (§10.3).
// Limits: as AppendFrame.
void AppendMaskedFrame(std::string& out, Opcode opcode, std::string_view payload, MaskingKey key);

// Appends a masked close frame. Limits: the reason is cut to 123 bytes.
void AppendMaskedClose(std::string& out, CloseCode code, std::string_view reason, MaskingKey key);

}  // namespace chat::websocket
