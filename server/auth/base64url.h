// Base64 for tokens and cursors: the alphabet that needs no escaping in a URL, without padding.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chat::auth {

// Source: RFC 4648 §5, without padding.
std::string EncodeBase64Url(std::span<const std::uint8_t> bytes);

// Reads the one text that EncodeBase64Url makes of some bytes.
//
// Errors: nullopt for padding, white space, other characters, and unused bits that are not zero.
std::optional<std::vector<std::uint8_t>> DecodeBase64Url(std::string_view text);

}  // namespace chat::auth
