// A TCP connection for tests: every call waits for what it asks, up to a deadline.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tests/harness/deadline.h"

namespace chat::testing {

// Where a server of a test listens, always on IPv4's loopback.
struct Endpoint {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;

  std::string ToString() const { return host + ':' + std::to_string(port); }
};

// A descriptor that closes itself.
class OwnedDescriptor {
 public:
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int number) : number_(number) {}
  OwnedDescriptor(OwnedDescriptor&& other) noexcept;
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept;
  ~OwnedDescriptor() { Close(); }

  void Close();
  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// Waits until `descriptor` is ready for `events` of poll(2); false at the deadline.
bool WaitFor(int descriptor, short events, const Deadline& deadline);

struct SocketOptions {
  // How much the system takes in for a client that does not read; 0 leaves it to the system.
  int receive_buffer_bytes = 0;
  // The client's own port; 0 leaves it to the system.
  std::uint16_t source_port = 0;
};

enum class ReceiveOutcome {
  kBytes,
  // The peer closed or reset the connection.
  kEnd,
  kNothing,
};

// The client's port that was asked for is somebody else's.
class PortTaken : public Surprise {
 public:
  using Surprise::Surprise;
};

// Thread: one. Lifetime: the connection's.
class Socket {
 public:
  // Errors: throws Surprise when nobody listens there, PortTaken when `source_port` is in use.
  static Socket Connect(const Endpoint& to, const SocketOptions& options = {});

  // Errors: throws Surprise at the deadline. A connection that broke takes no more, silently: what
  // the peer thought of it stands in what is received.
  void Send(std::string_view bytes, const Deadline& deadline);

  // Waits for bytes and appends them to `into`; nothing is what came until the deadline.
  ReceiveOutcome Receive(std::string& into, const Deadline& deadline);

  // Ends the connection by a reset, as a machine does that lost its power and came back.
  void Reset();

 private:
  explicit Socket(OwnedDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

  OwnedDescriptor descriptor_;
};

}  // namespace chat::testing
