// The network side of a connection as core sees it: something that can be told to write and to
// close. Implemented by net/ and by tests.
#pragma once

#include <string_view>

#include "protocol/websocket/close_code.h"

namespace chat {

// Thread: the shard's. Lifetime: from Hub::Connect until Hub::Disconnect returns.
class Peer {
 public:
  virtual ~Peer() = default;

  // The outbox went from nothing to something to write. Must not call back into the hub at once:
  // the peer writes at the end of the loop's turn, so that all frames of a turn leave in one send.
  virtual void OutputReady() = 0;

  // Flush what is in the outbox as far as the socket takes it, send a close frame and end.
  // Asynchronous: the peer calls Hub::Disconnect later, never from within this call.
  virtual void Close(websocket::CloseCode code, std::string_view reason) = 0;
};

}  // namespace chat
