#include "server/core/shared_frame.h"

#include <utility>

#include "protocol/websocket/frame_writer.h"
#include "protocol/websocket/opcode.h"

namespace chat {
namespace {

websocket::Opcode OpcodeOf(Encoding encoding) {
  switch (encoding) {
    case Encoding::kJson:
      return websocket::Opcode::kText;
    case Encoding::kProtobuf:
      return websocket::Opcode::kBinary;
  }
  std::unreachable();
}

}  // namespace

WireFrame EncodeWire(Encoding encoding, const v1::ServerFrame& frame) {
  const std::string payload = EncodeServerFrame(encoding, frame);
  return std::make_shared<const std::string>(websocket::EncodeFrame(OpcodeOf(encoding), payload));
}

SharedFrame::SharedFrame(v1::ServerFrame frame) : frame_(std::move(frame)) {}

const WireFrame& SharedFrame::wire(Encoding encoding) {
  WireFrame& wire = encoding == Encoding::kJson ? json_ : protobuf_;
  if (!wire) wire = EncodeWire(encoding, frame_);
  return wire;
}

}  // namespace chat
