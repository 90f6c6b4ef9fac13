// A wire between a server under test and a PostgreSQL, that fails when a test says so: it loses the
// answer to one message, or cuts connections. It carries bytes and knows of the protocol only how
// an answer ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/harness/socket.h"

namespace chat::testing {

// Thread: any; its own carries the bytes. Lifetime: the test's.
class PostgresProxy {
 public:
  // Carries from a port of its own to `to`.
  explicit PostgresProxy(Endpoint to);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  std::uint16_t port() const { return port_; }

  // The next message that holds `text` reaches PostgreSQL and is carried out; its answer is lost,
  // and the connection with it.
  void LoseAnswerTo(std::string text);

  // How many answers were lost so far.
  int lost_count() const { return lost_count_; }

  // Ends all connections that stand now, at once.
  void CutAll();

 private:
  struct Line;

  void Run();
  void Accept();
  void Carry(Line& line);
  bool CarryToServer(Line& line);
  bool CarryToClient(Line& line);
  bool Matches(const Line& line);

  const Endpoint to_;
  OwnedDescriptor listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::string lose_answer_to_;
  std::atomic<int> lost_count_ = 0;
  std::atomic<bool> cut_ = false;
  std::atomic<bool> stopping_ = false;
  std::vector<std::unique_ptr<Line>> lines_;
  std::thread thread_;
};

}  // namespace chat::testing
