// The frame types of WebSocket, which of them are control frames, and how long those may be.
// Used by everything that parses or writes frames; holds no state.
// Source: RFC 6455 §5.2, §5.5, §11.8.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chat::websocket {

enum class Opcode : uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

// True for the four bits of an opcode that RFC 6455 defines; the others are reserved.
constexpr bool IsKnownOpcode(uint8_t bits) { return bits <= 0x2 || (bits >= 0x8 && bits <= 0xA); }

constexpr bool IsControl(Opcode opcode) { return (static_cast<uint8_t>(opcode) & 0x8) != 0; }

inline constexpr size_t kControlPayloadBytesMax = 125;

}  // namespace chat::websocket
