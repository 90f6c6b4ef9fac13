// For tests of the codec: builds frames, also illegal ones, and writes down what a reader finds in
// bytes that arrive in given pieces. Not part of the product.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/websocket/frame_error.h"
#include "protocol/websocket/frame_header.h"
#include "protocol/websocket/message_reader.h"

namespace chat::websocket {

inline constexpr MaskingKey kTestKey = {'\x37', '\xfa', '\x21', '\x3d'};

// What a reader found, one line each: "text:Hello", "binary:…", "ping:…", "pong:…", "close:1000:…",
// "close:" when there was no code.
struct Transcript {
  std::vector<std::string> lines = {};
  std::optional<FrameError> error = std::nullopt;
  bool in_progress = false;

  bool operator==(const Transcript&) const = default;
};

void PrintTo(const Transcript& transcript, std::ostream* out);

// Bytes from their numbers, for examples copied from the RFC.
std::string Bytes(std::initializer_list<int> numbers);

// One frame: the header as given, then `payload`, masked if the header has a key. The length is set
// from the payload.
std::string Frame(FrameHeader header, std::string_view payload);

// A final frame as a client sends it.
std::string ClientFrame(Opcode opcode, std::string_view payload);

// A client's frame that more fragments follow.
std::string ClientFragment(Opcode opcode, std::string_view payload);

// Feeds `bytes` in pieces of the given sizes, then what remains, and drains the reader after each.
// Each piece is a block of memory of its own, freed before the next, so that a sanitizer sees any
// view that outlives it.
Transcript Read(MessageReader& reader, std::string_view bytes,
                std::span<const size_t> piece_sizes = {});

// A fresh reader with default limits over `bytes` in one piece.
Transcript ReadAs(Role role, std::string_view bytes);

// The same, every two-way split and byte by byte; the transcript of all of them, which must agree.
// Without agreement: a transcript with the single line "depends on the split".
Transcript ReadAsInEverySplit(Role role, std::string_view bytes);

}  // namespace chat::websocket
