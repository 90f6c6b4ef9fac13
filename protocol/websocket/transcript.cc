#include "protocol/websocket/transcript.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

namespace chat::websocket {
namespace {

// Adds what was found to a transcript.
struct Scribe {
  Transcript& transcript;

  void operator()(const Message& message) const {
    const char* const kind = message.kind == MessageKind::kText ? "text:" : "binary:";
    Add(kind, message.payload);
  }
  void operator()(const Ping& ping) const { Add("ping:", ping.payload); }
  void operator()(const Pong& pong) const { Add("pong:", pong.payload); }
  void operator()(const Close& close) const {
    if (!close.code) return Add("close:", "");
    Add("close:" + std::to_string(std::to_underlying(*close.code)) + ":", close.reason);
  }
  void operator()(const Violation& violation) const { transcript.error = violation.error; }

  void Add(std::string what, std::string_view content) const {
    transcript.lines.push_back(what.append(content));
  }
};

void Drain(MessageReader& reader, std::string_view piece, Transcript& transcript) {
  std::vector<char> memory(piece.begin(), piece.end());
  std::span<char> input(memory);
  while (const auto received = reader.Next(input)) std::visit(Scribe{transcript}, *received);
  if (!input.empty()) transcript.lines.emplace_back("input left over");
}

}  // namespace

void PrintTo(const Transcript& transcript, std::ostream* out) {
  for (const std::string& line : transcript.lines) *out << '[' << line.substr(0, 60) << "] ";
  if (transcript.error) *out << "error: " << Describe(*transcript.error);
  if (transcript.in_progress) *out << " in progress";
}

std::string Bytes(std::initializer_list<int> numbers) {
  std::string bytes;
  for (const int number : numbers) bytes.push_back(static_cast<char>(number));
  return bytes;
}

std::string Frame(FrameHeader header, std::string_view payload) {
  header.payload_bytes = payload.size();
  std::string masked(payload);
  if (header.mask) ApplyMask(masked, *header.mask);
  return std::string(EncodedHeader(header).view()) + masked;
}

std::string ClientFrame(Opcode opcode, std::string_view payload) {
  return Frame({.opcode = opcode, .mask = kTestKey}, payload);
}

std::string ClientFragment(Opcode opcode, std::string_view payload) {
  return Frame({.opcode = opcode, .fin = false, .mask = kTestKey}, payload);
}

Transcript Read(MessageReader& reader, std::string_view bytes,
                std::span<const size_t> piece_sizes) {
  Transcript transcript;
  for (const size_t size : piece_sizes) {
    Drain(reader, bytes.substr(0, size), transcript);
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  Drain(reader, bytes, transcript);
  transcript.in_progress = reader.in_progress();
  return transcript;
}

Transcript ReadAs(Role role, std::string_view bytes) {
  MessageReader reader(role);
  return Read(reader, bytes);
}

Transcript ReadAsInEverySplit(Role role, std::string_view bytes) {
  const Transcript whole = ReadAs(role, bytes);
  std::vector<std::vector<size_t>> splits = {std::vector<size_t>(bytes.size(), 1)};
  for (size_t at = 1; at < bytes.size(); ++at) splits.push_back({at});
  for (const std::vector<size_t>& split : splits) {
    MessageReader reader(role);
    if (Read(reader, bytes, split) != whole) return {.lines = {"depends on the split"}};
  }
  return whole;
}

}  // namespace chat::websocket
