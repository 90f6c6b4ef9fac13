#include "protocol/websocket/random_stream.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "protocol/websocket/close_payload.h"
#include "protocol/websocket/transcript.h"

namespace chat::websocket {
namespace {

// The smallest and largest code point of each length in UTF-8, and those next to the surrogates.
constexpr std::array<std::string_view, 12> kCodePoints = {"a",
                                                          "Z",
                                                          "\x7F",
                                                          "\xC2\x80",
                                                          "\xC3\xA9",
                                                          "\xDF\xBF",
                                                          "\xE0\xA0\x80",
                                                          "\xED\x9F\xBF",
                                                          "\xEE\x80\x80",
                                                          "\xEF\xBF\xBF",
                                                          "\xF0\x90\x80\x80",
                                                          "\xF4\x8F\xBF\xBF"};

constexpr std::array<CloseCode, 4> kCloseCodes = {CloseCode::kNormal, CloseCode::kGoingAway,
                                                  CloseCode::kOverloaded, CloseCode::kSlowConsumer};

}  // namespace

RandomStream StreamMaker::Valid() {
  RandomStream stream;
  for (size_t left = 1 + Below(6); left > 0; --left) {
    if (Below(4) == 0) {
      AddPingOrPong(stream);
    } else {
      AddMessage(stream);
    }
  }
  if (Below(4) == 0) AddClose(stream);
  return stream;
}

std::string StreamMaker::Damaged() {
  std::string bytes = Valid().bytes;
  for (size_t left = 1 + Below(4); left > 0; --left) Damage(bytes);
  return bytes;
}

std::vector<size_t> StreamMaker::PieceSizes(size_t bytes) {
  std::vector<size_t> sizes;
  for (size_t total = 0; total <= bytes; total += sizes.back()) {
    sizes.push_back(1 + (Below(8) == 0 ? Below(600) : Below(12)));
  }
  return sizes;
}

size_t StreamMaker::Below(size_t below) {
  return std::uniform_int_distribution<size_t>(0, below - 1)(random_);
}

std::string StreamMaker::Text(size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    text += Below(3) == 0 ? kCodePoints[Below(kCodePoints.size())] : kCodePoints[0];
  }
  return text;
}

std::string StreamMaker::Binary(size_t bytes) {
  std::string binary;
  while (binary.size() < bytes) binary.push_back(static_cast<char>(Below(256)));
  return binary;
}

size_t StreamMaker::PayloadBytes() {
  switch (Below(8)) {
    case 0:
      return 0;
    case 1:
      return 120 + Below(10);
    case 2:
      return Below(2000);
    default:
      return Below(20);
  }
}

void StreamMaker::AddMessage(RandomStream& stream) {
  const bool is_text = Below(2) == 0;
  const std::string payload = is_text ? Text(PayloadBytes()) : Binary(PayloadBytes());
  Opcode opcode = is_text ? Opcode::kText : Opcode::kBinary;
  std::string_view rest = payload;
  while (Below(3) == 0) {
    const std::string_view fragment = rest.substr(0, Below(rest.size() + 1));
    rest.remove_prefix(fragment.size());
    stream.bytes += MakeFrame({.opcode = opcode, .fin = false}, fragment);
    opcode = Opcode::kContinuation;
    if (Below(3) == 0) AddPingOrPong(stream);
  }
  stream.bytes += MakeFrame({.opcode = opcode}, rest);
  stream.lines.push_back((is_text ? "text:" : "binary:") + payload);
}

void StreamMaker::AddPingOrPong(RandomStream& stream) {
  const bool is_ping = Below(2) == 0;
  const std::string payload = Binary(std::min(PayloadBytes(), kControlPayloadBytesMax));
  stream.bytes += MakeFrame({.opcode = is_ping ? Opcode::kPing : Opcode::kPong}, payload);
  stream.lines.push_back((is_ping ? "ping:" : "pong:") + payload);
}

void StreamMaker::AddClose(RandomStream& stream) {
  if (Below(3) == 0) {
    stream.bytes += MakeFrame({.opcode = Opcode::kClose}, "");
    stream.lines.emplace_back("close:");
    return;
  }
  const CloseCode code = kCloseCodes[Below(kCloseCodes.size())];
  const std::string reason = Text(Below(100));
  stream.bytes += MakeFrame({.opcode = Opcode::kClose}, EncodeClosePayload(code, reason));
  stream.lines.push_back("close:" + std::to_string(static_cast<uint16_t>(code)) + ":" + reason);
}

std::string StreamMaker::MakeFrame(FrameHeader header, std::string_view payload) {
  if (receiver_ == Role::kServer) {
    header.mask.emplace();
    for (char& byte : *header.mask) byte = static_cast<char>(Below(256));
  }
  return Frame(header, payload);
}

void StreamMaker::Damage(std::string& bytes) {
  if (bytes.empty()) return;
  // Mostly near the beginning, where more of the bytes belong to headers that are reached.
  const size_t at = Below(Below(4) == 0 ? bytes.size() : std::min<size_t>(bytes.size(), 40));
  switch (Below(6)) {
    case 0:
      bytes[at] = static_cast<char>(Below(256));
      break;
    case 1:
      bytes.erase(at, 1 + Below(4));
      break;
    case 2:
      bytes.insert(at, bytes.substr(at, 1 + Below(20)));
      break;
    case 3:
      bytes.resize(at);
      break;
    default:
      bytes[at] ^= static_cast<char>(1 << Below(8));
      break;
  }
}

}  // namespace chat::websocket
