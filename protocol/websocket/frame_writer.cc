#include "protocol/websocket/frame_writer.h"

#include <cassert>
#include <span>

#include "protocol/websocket/close_payload.h"
#include "protocol/websocket/frame_header.h"

namespace chat::websocket {
namespace {

bool FitsFrame(Opcode opcode, size_t payload_bytes) {
  return !IsControl(opcode) || payload_bytes <= kControlPayloadBytesMax;
}

}  // namespace

void AppendFrame(std::string& out, Opcode opcode, std::string_view payload) {
  AppendFrameHeader(out, opcode, payload.size());
  out.append(payload);
}

void AppendFrameHeader(std::string& out, Opcode opcode, size_t payload_bytes) {
  assert(FitsFrame(opcode, payload_bytes));
  const FrameHeader header{.opcode = opcode, .payload_bytes = payload_bytes};
  out.append(EncodedHeader(header).view());
}

std::string EncodeFrame(Opcode opcode, std::string_view payload) {
  std::string frame;
  frame.reserve(kHeaderBytesMax + payload.size());
  AppendFrame(frame, opcode, payload);
  return frame;
}

void AppendClose(std::string& out, CloseCode code, std::string_view reason) {
  AppendFrame(out, Opcode::kClose, EncodeClosePayload(code, reason));
}

void AppendMaskedFrame(std::string& out, Opcode opcode, std::string_view payload, MaskingKey key) {
  assert(FitsFrame(opcode, payload.size()));
  const FrameHeader header{.opcode = opcode, .mask = key, .payload_bytes = payload.size()};
  out.append(EncodedHeader(header).view());
  out.append(payload);
  ApplyMask(std::span(out).last(payload.size()), key);
}

void AppendMaskedClose(std::string& out, CloseCode code, std::string_view reason, MaskingKey key) {
  AppendMaskedFrame(out, Opcode::kClose, EncodeClosePayload(code, reason), key);
}

}  // namespace chat::websocket
