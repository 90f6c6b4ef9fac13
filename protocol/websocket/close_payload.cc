#include "protocol/websocket/close_payload.h"

#include <cstddef>
#include <cstdint>

#include "protocol/websocket/opcode.h"
#include "protocol/websocket/utf8.h"

namespace chat::websocket {
namespace {

constexpr size_t kCodeBytes = 2;
constexpr size_t kReasonBytesMax = kControlPayloadBytesMax - kCodeBytes;

// Precondition: the two bytes of the code are there.
uint16_t CodeOf(std::string_view payload) {
  return static_cast<uint16_t>(static_cast<uint8_t>(payload[0]) << 8 |
                               static_cast<uint8_t>(payload[1]));
}

std::string_view CutToLimit(std::string_view reason) {
  if (reason.size() <= kReasonBytesMax) return reason;
  size_t end = kReasonBytesMax;
  while (end > 0 && (static_cast<uint8_t>(reason[end]) & 0xC0) == 0x80) --end;
  return reason.substr(0, end);
}

}  // namespace

std::expected<Close, FrameError> ParseClosePayload(std::string_view payload) {
  if (payload.empty()) return Close{};
  if (payload.size() < kCodeBytes) return std::unexpected(FrameError::kClosePayloadLength);
  const uint16_t code = CodeOf(payload);
  if (!IsLegalOnWire(code)) return std::unexpected(FrameError::kCloseCodeIllegal);
  const std::string_view reason = payload.substr(kCodeBytes);
  if (!IsUtf8(reason)) return std::unexpected(FrameError::kCloseReasonNotUtf8);
  return Close{.code = static_cast<CloseCode>(code), .reason = reason};
}

std::expected<void, FrameError> CheckClosePrefix(std::string_view received) {
  if (received.size() < kCodeBytes) return {};
  if (!IsLegalOnWire(CodeOf(received))) return std::unexpected(FrameError::kCloseCodeIllegal);
  if (!Utf8Validator().Consume(received.substr(kCodeBytes))) {
    return std::unexpected(FrameError::kCloseReasonNotUtf8);
  }
  return {};
}

std::string EncodeClosePayload(CloseCode code, std::string_view reason) {
  const auto number = static_cast<uint16_t>(code);
  std::string payload;
  payload.push_back(static_cast<char>(number >> 8));
  payload.push_back(static_cast<char>(number & 0xFF));
  payload.append(CutToLimit(reason));
  return payload;
}

}  // namespace chat::websocket
