// Base64 with the standard alphabet and padding: the JSON form of `bytes` fields, and the keys of a
// WebSocket's handshake.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chat {

// Source: RFC 4648 §4.
std::string EncodeBase64(std::string_view bytes);

// Errors: nullopt for any text that EncodeBase64 does not make: other alphabets, missing padding,
// line breaks, bits set behind the last byte.
// Source: RFC 4648 §4, §3.5.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace chat
