// Bytes over one non-blocking stream socket: receive what is there, send what fits, never wait.
// Waiting is the owner's part: HTTP waits in a coroutine (AsyncTransport), WebSockets are told by
// the Poller. TLS has its place here: SSL_read and SSL_write over the same descriptor, with the
// same outcomes.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <expected>
#include <span>
#include <string_view>

#include "server/net/file_descriptor.h"

namespace chat::net {

enum class TransportError {
  kWouldBlock,  // try again when the descriptor is ready
  kClosed,      // the other side ended its direction
  kFailed,      // reset, or anything else that ends both directions
};

// Thread: the shard's. Lifetime: owns its descriptor; ending it closes the connection.
class Transport {
 public:
  // `socket` is connected and non-blocking.
  explicit Transport(FileDescriptor socket);

  // The number of bytes received into the front of `buffer`, at least 1. Errors: all of
  // TransportError.
  std::expected<std::size_t, TransportError> Receive(std::span<char> buffer);

  // The number of bytes that the socket took, from the front of `parts`, at least 1.
  // Limits: at most kSendPartsMax parts, not all empty. Errors: kWouldBlock, kFailed.
  std::expected<std::size_t, TransportError> Send(std::span<const std::string_view> parts);

  // Lets the kernel take more than it otherwise would, for the last bytes of a blocked connection.
  void MakeRoom();

  // Ends our direction; what was sent before still arrives.
  void ShutdownSend();

  // Makes the end of this transport reset the connection, so that nothing of it lingers in the
  // kernel.
  void ResetOnClose();

  int descriptor() const { return socket_.number(); }

 private:
  FileDescriptor socket_;
};

inline constexpr std::size_t kSendPartsMax = 64;

}  // namespace chat::net
