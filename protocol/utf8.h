// UTF-8 of whole strings: is it well-formed, and how many code points has it.
//
// Not for the stream of a WebSocket, whose text comes in pieces; protocol/websocket checks that.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace chat {

// The bytes of the code point that `text` starts with, 1 to 4, or 0 if it starts with none:
// overlong forms, surrogates and what lies beyond U+10FFFF are none.
//
// Source: RFC 3629 §4.
std::size_t LeadingCodePointBytes(std::string_view text);

// Errors: nullopt if `text` is not well-formed.
std::optional<std::size_t> CountCodePoints(std::string_view text);

}  // namespace chat
