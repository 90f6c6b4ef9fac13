// Frames as they go on the wire: a ServerFrame in a connection's encoding, with its WebSocket
// header in front. What many connections get is encoded once per encoding and shared, so it carries
// nothing that differs per recipient. Used by everything in core that fills an outbox; which frame
// goes to whom is not decided here.
#pragma once

#include <memory>
#include <string>

#include "protocol/chat.pb.h"
#include "protocol/envelope.h"

namespace chat {

// The bytes of one whole WebSocket frame, unmasked; shared by all who get the same bytes. Never
// null.
using WireFrame = std::shared_ptr<const std::string>;

// For answers to one connection.
WireFrame EncodeWire(Encoding encoding, const v1::ServerFrame& frame);

// One frame for many connections, encoded when the first of an encoding asks, then kept.
//
// Thread: the shard's. Lifetime: of one fan-out; the wire frames live on in the outboxes.
class SharedFrame {
 public:
  explicit SharedFrame(v1::ServerFrame frame);

  const WireFrame& wire(Encoding encoding);

 private:
  v1::ServerFrame frame_;
  WireFrame json_;
  WireFrame protobuf_;
};

}  // namespace chat
