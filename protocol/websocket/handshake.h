// The parts of the opening handshake that need thought: keys, and the choice of a subprotocol.
// Pure functions over header values; parsing HTTP and answering it is the caller's.
// Source: RFC 6455 §4.1, §4.2.2, §11.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace chat::websocket {

inline constexpr size_t kKeyNonceBytes = 16;

// True for a Sec-WebSocket-Key that is 16 bytes in canonical base64.
[[nodiscard]] bool IsValidKey(std::string_view key);

// The Sec-WebSocket-Key of a client for its 16 random bytes.
[[nodiscard]] std::string EncodeKey(std::span<const uint8_t, kKeyNonceBytes> nonce);

// The Sec-WebSocket-Accept that answers `key`: servers send it, clients compare with it.
[[nodiscard]] std::string AcceptKey(std::string_view key);

// How the frames of chat are encoded on a connection.
enum class Subprotocol : uint8_t { kJson, kProtobuf };

[[nodiscard]] std::string_view NameOf(Subprotocol subprotocol);

// The first of the offered subprotocols that we know; nothing when there is none (answer 400).
// `offers` are the values of all Sec-WebSocket-Protocol headers in their order, each a
// comma-separated list. Names are compared with case.
[[nodiscard]] std::optional<Subprotocol> ChooseSubprotocol(
    std::span<const std::string_view> offers);

}  // namespace chat::websocket
