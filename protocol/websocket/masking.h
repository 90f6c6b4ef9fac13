// Masking: the XOR that every frame from a client carries. Masking twice restores the bytes.
// Not encryption; the key travels in the frame. Used by the reader and by client-side writers.
// Source: RFC 6455 §5.3.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace chat::websocket {

// The four key octets in the order of the wire.
using MaskingKey = std::array<char, 4>;

// Masks or unmasks `payload` in place. `offset` is the position of its first byte in the payload of
// the frame, so that a frame can be handled in pieces.
void ApplyMask(std::span<char> payload, MaskingKey key, uint64_t offset = 0);

}  // namespace chat::websocket
