// For tests of the codec: Beast's WebSocket stream over memory, opened by a real handshake, as a
// second opinion on what frames mean. Not part of the product, which reads frames with
// MessageReader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/websocket/frame_header.h"

namespace chat::websocket {

// What Beast made of a stream.
struct BeastVerdict {
  // In the form of Transcript::lines.
  std::vector<std::string> lines;
  // The code of the close frame that Beast sent because of a violation; 0 when there was none.
  uint16_t violation = 0;

  bool operator==(const BeastVerdict&) const = default;
};

// One end of an open connection.
// Thread: one. Lifetime: one stream.
class BeastPeer {
 public:
  BeastPeer(Role role, size_t message_bytes_max);
  ~BeastPeer();

  // Whether the opening handshake succeeded. Beast as a client checks our AcceptKey.
  [[nodiscard]] bool is_open() const;

  // Reads `bytes`, at most `read_bytes_max` of them at a time, until they end or the stream closes.
  [[nodiscard]] BeastVerdict Read(std::string_view bytes, size_t read_bytes_max);

  // The frames that Beast sends for a message, split into fragments of about `fragment_bytes`.
  [[nodiscard]] std::string Write(Opcode opcode, std::string_view payload, size_t fragment_bytes);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace chat::websocket
