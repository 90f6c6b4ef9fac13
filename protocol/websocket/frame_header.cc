#include "protocol/websocket/frame_header.h"

#include <algorithm>

namespace chat::websocket {
namespace {

constexpr uint8_t kFinBit = 0x80;
constexpr uint8_t kReservedBits = 0x70;
constexpr uint8_t kOpcodeBits = 0x0F;
constexpr uint8_t kMaskBit = 0x80;
constexpr uint8_t kLengthBits = 0x7F;

// Values of the 7-bit length that announce a longer field after it.
constexpr uint8_t kLength16 = 126;
constexpr uint8_t kLength64 = 127;

constexpr size_t LengthFieldBytes(uint8_t length7) {
  return length7 == kLength16 ? 2 : length7 == kLength64 ? 8 : 0;
}

constexpr uint8_t ShortLength(uint64_t payload_bytes) {
  if (payload_bytes < kLength16) return static_cast<uint8_t>(payload_bytes);
  return payload_bytes <= 0xFFFF ? kLength16 : kLength64;
}

uint64_t ReadBigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

std::optional<FrameError> CheckFirstByte(uint8_t first) {
  if ((first & kReservedBits) != 0) return FrameError::kReservedBits;
  if (!IsKnownOpcode(first & kOpcodeBits)) return FrameError::kUnknownOpcode;
  const bool control = IsControl(static_cast<Opcode>(first & kOpcodeBits));
  if (control && (first & kFinBit) == 0) return FrameError::kControlFragmented;
  return std::nullopt;
}

std::optional<FrameError> CheckSecondByte(uint8_t second, Opcode opcode, Role role) {
  const bool masked = (second & kMaskBit) != 0;
  if (role == Role::kServer && !masked) return FrameError::kNotMasked;
  if (role == Role::kClient && masked) return FrameError::kMasked;
  if (IsControl(opcode) && (second & kLengthBits) > kControlPayloadBytesMax) {
    return FrameError::kControlTooLong;
  }
  return std::nullopt;
}

std::optional<FrameError> CheckLength(uint64_t payload_bytes, uint8_t length7) {
  if (payload_bytes >> 63 != 0) return FrameError::kLengthHighBit;
  if (ShortLength(payload_bytes) != length7) return FrameError::kLengthNotMinimal;
  return std::nullopt;
}

}  // namespace

size_t FrameHeader::header_bytes() const {
  return 2 + LengthFieldBytes(ShortLength(payload_bytes)) + (mask ? sizeof *mask : 0);
}

std::expected<std::optional<FrameHeader>, FrameError> ParseFrameHeader(std::string_view bytes,
                                                                       Role role) {
  if (bytes.empty()) return std::nullopt;
  const auto first = static_cast<uint8_t>(bytes[0]);
  if (const auto error = CheckFirstByte(first)) return std::unexpected(*error);

  if (bytes.size() < 2) return std::nullopt;
  const auto second = static_cast<uint8_t>(bytes[1]);
  FrameHeader header{.opcode = static_cast<Opcode>(first & kOpcodeBits),
                     .fin = (first & kFinBit) != 0};
  if (const auto error = CheckSecondByte(second, header.opcode, role)) {
    return std::unexpected(*error);
  }

  const auto length7 = static_cast<uint8_t>(second & kLengthBits);
  header.payload_bytes = length7;
  const size_t length_field_bytes = LengthFieldBytes(length7);
  if (length_field_bytes != 0) {
    if (bytes.size() < 2 + length_field_bytes) return std::nullopt;
    header.payload_bytes = ReadBigEndian(bytes.substr(2, length_field_bytes));
    if (const auto error = CheckLength(header.payload_bytes, length7)) {
      return std::unexpected(*error);
    }
  }

  if ((second & kMaskBit) != 0) {
    const size_t mask_at = 2 + length_field_bytes;
    if (bytes.size() < mask_at + sizeof(MaskingKey)) return std::nullopt;
    header.mask.emplace();
    std::ranges::copy(bytes.substr(mask_at, sizeof(MaskingKey)), header.mask->begin());
  }
  return header;
}

EncodedHeader::EncodedHeader(const FrameHeader& header) {
  const uint8_t length7 = ShortLength(header.payload_bytes);
  AppendBigEndian((header.fin ? kFinBit : 0) | static_cast<uint8_t>(header.opcode), 1);
  AppendBigEndian((header.mask ? kMaskBit : 0) | length7, 1);
  AppendBigEndian(header.payload_bytes, LengthFieldBytes(length7));
  if (header.mask) {
    std::ranges::copy(*header.mask, bytes_.begin() + size_);
    size_ += sizeof *header.mask;
  }
}

void EncodedHeader::AppendBigEndian(uint64_t value, size_t width) {
  for (size_t i = 0; i < width; ++i) {
    bytes_[size_++] = static_cast<char>(value >> (8 * (width - 1 - i)));
  }
}

}  // namespace chat::websocket
