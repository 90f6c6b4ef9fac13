// The messages of the relay floor: of the sizes that real frames with a body of 100 bytes have, and
// nothing in them but a number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace chat::loadgen {

// As Protobuf in a WebSocket frame: a masked `send`, the `message` that comes of it, the `ack`.
inline constexpr std::size_t kRelaySendBytes = 132;
inline constexpr std::size_t kRelayDeliverBytes = 170;
inline constexpr std::size_t kRelayAckBytes = 50;

using RelayNumber = std::uint32_t;

// What a client sends first: its index. Clients 0 and 1, 2 and 3, … talk to each other.
inline constexpr std::size_t kRelayHelloBytes = sizeof(RelayNumber);

inline RelayNumber ReadRelayNumber(const char* bytes) {
  RelayNumber number;
  std::memcpy(&number, bytes, sizeof(number));
  return number;
}

// Appends a message of `size` bytes that begins with `number`.
inline void AppendRelayMessage(std::string& out, RelayNumber number, std::size_t size) {
  const std::size_t start = out.size();
  out.resize(start + size, 'x');
  std::memcpy(out.data() + start, &number, sizeof(number));
}

}  // namespace chat::loadgen
