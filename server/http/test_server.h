// A real HTTP server on the loopback with a shard of its own, for tests.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/http/server.h"
#include "server/net/file_descriptor.h"
#include "server/runtime/shard.h"
#include "server/runtime/system_clock.h"

namespace chat::http {

// Thread: the test's; the server has its own. Lifetime: the test's; its end stops the server.
class TestServer {
 public:
  // `options` without clock and router, which the server has.
  TestServer(Router router, ServerOptions options);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::uint16_t port() const { return port_; }

  // Runs `work` on the shard and waits for it.
  void OnShard(std::function<void()> work);

  // Runs a coroutine on the shard and waits for it.
  void Await(std::function<asio::awaitable<void>()> task);

  Server& server() { return *server_; }
  runtime::Shard& shard() { return shard_; }

 private:
  runtime::SystemClock clock_;
  runtime::Shard shard_{{.number = 0, .clock = &clock_}};
  Router router_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Server> server_;
};

// A client that sends what it is told, bytes and all. Every wait ends at a deadline, which fails
// the test.
class RawClient {
 public:
  // Not connected yet.
  RawClient();
  explicit RawClient(std::uint16_t port);

  // False when nobody listens.
  bool Connect(std::uint16_t port);

  void Send(std::string_view bytes);

  // Reads until `text` came; returns all that was received since the last call.
  std::string ReadUntil(std::string_view text);

  // Reads until the server closes.
  std::string ReadToEnd();

  // Waits, reading nothing, until the server resets the connection; false at the deadline.
  bool WaitForReset();

  // Makes the end of this client reset the connection.
  void ResetOnClose();

  // Ends our direction.
  void ShutdownSend();

 private:
  // False when the server closed.
  bool ReadSome(std::string& into);

  net::FileDescriptor socket_;
};

// The status codes of the responses in `bytes`, in order.
std::string StatusesIn(std::string_view bytes);

}  // namespace chat::http
