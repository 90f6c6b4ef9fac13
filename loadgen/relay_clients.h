// Pairs of bare clients of the relay floor: senders that keep some messages unacked, receivers that
// check that every one comes, once and in order.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/descriptor.h"
#include "loadgen/relay_frames.h"

namespace chat::loadgen {

// Thread: one. Lifetime: the run's.
class RelayClients {
 public:
  // Connects to `port` of the loopback.
  RelayClients(std::size_t pairs, unsigned short port);

  // Every sender keeps so many messages unacked from now on.
  void Start(std::size_t in_flight);
  // Nothing more is sent.
  void Stop() { stopped_ = true; }
  void Turn(std::chrono::milliseconds wait);

  std::uint64_t acks() const { return acks_; }
  std::uint64_t deliveries() const { return deliveries_; }
  // All that was sent was acked and delivered.
  bool settled() const { return acks_ == sends_ && deliveries_ == sends_; }
  // Everything came in order and nobody lost a connection.
  bool sound() const { return sound_; }

 private:
  struct Client {
    Descriptor socket;
    std::string partial;
    RelayNumber last_sent = 0;
    RelayNumber last_heard = 0;
  };

  void Connect(std::size_t index, unsigned short port);
  void Read(std::size_t index);
  // How many messages were heard.
  std::size_t Hear(Client& client, std::string_view bytes, std::size_t message_bytes);
  void Send(Client& client, std::size_t messages);

  Descriptor epoll_;
  // Senders have the even places, each with its receiver behind it.
  std::vector<Client> clients_;
  std::vector<char> buffer_;
  std::string out_;
  std::uint64_t sends_ = 0;
  std::uint64_t acks_ = 0;
  std::uint64_t deliveries_ = 0;
  bool sound_ = true;
  bool stopped_ = false;
};

}  // namespace chat::loadgen
