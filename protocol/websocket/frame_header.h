// The header of one frame, 2 to 14 bytes: parsed with every rule that needs no memory of earlier
// frames, and serialised. Order of frames and limits on messages are MessageReader's part.
// Source: RFC 6455 §5.1, §5.2, §5.5.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "protocol/websocket/frame_error.h"
#include "protocol/websocket/masking.h"
#include "protocol/websocket/opcode.h"

namespace chat::websocket {

inline constexpr size_t kHeaderBytesMax = 14;

// Which end of the connection we are. Clients mask what they send, servers never do.
enum class Role : uint8_t { kServer, kClient };

struct FrameHeader {
  Opcode opcode = Opcode::kText;
  // The last frame of its message; always true for control frames.
  bool fin = true;
  std::optional<MaskingKey> mask = std::nullopt;
  uint64_t payload_bytes = 0;

  // How long this header is on the wire.
  [[nodiscard]] size_t header_bytes() const;
};

// Parses the header at the beginning of `bytes`, which may go on after it. Nothing when the bytes
// are a good beginning but the header is not complete; what can be refused early, is.
// Errors: kReservedBits, kUnknownOpcode, kNotMasked (we are the server), kMasked (we are the
// client), kControlFragmented, kControlTooLong, kLengthNotMinimal, kLengthHighBit.
[[nodiscard]] std::expected<std::optional<FrameHeader>, FrameError> ParseFrameHeader(
    std::string_view bytes, Role role);

// A serialised header, held in place so that writing one allocates nothing.
// Thread: any, it is a value. Lifetime: until it has been copied out.
class EncodedHeader {
 public:
  explicit EncodedHeader(const FrameHeader& header);

  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  void AppendBigEndian(uint64_t value, size_t width);

  std::array<char, kHeaderBytesMax> bytes_;
  uint8_t size_ = 0;
};

}  // namespace chat::websocket
