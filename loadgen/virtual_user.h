// One client of the chat without socket and clock: bytes in, bytes out. It upgrades, takes the
// welcome and sends a heartbeat whenever it is told to. Whoever owns it moves the bytes, knows when
// a heartbeat is due, and hears every other frame.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "loadgen/upgrade.h"
#include "protocol/chat.pb.h"
#include "protocol/envelope.h"
#include "protocol/websocket/message_reader.h"

namespace chat::loadgen {

enum class UserState : std::uint8_t {
  kUpgrading,
  // The upgrade was answered; `welcome` was not seen yet.
  kGreeting,
  kLive,
  // Refused, closed by the server, or what came was no WebSocket.
  kEnded,
};

// Hears the frames of a live user, answers to heartbeats excepted.
class FrameListener {
 public:
  virtual void Heard(const v1::ServerFrame& frame) = 0;

 protected:
  ~FrameListener() = default;
};

// Thread: one. Lifetime: one connection. Many thousands are held at once, so it owns no memory
// between frames.
class VirtualUser {
 public:
  explicit VirtualUser(UpgradeOffer offer);

  // What to send first.
  std::string Start() const { return MakeUpgradeRequest(upgrade_->offer); }

  // Takes what arrived and appends what has to be answered to `out`. Changes `bytes`. The listener,
  // which may be null, may make this user say more meanwhile.
  void Receive(std::span<char> bytes, std::string& out, FrameListener* listener = nullptr);

  // Appends a frame. Only while live.
  void Say(const v1::ClientFrame& frame, std::string& out) const;

  // Appends a heartbeat. Only while live.
  void Beat(std::string& out);

  // The connection broke.
  void Lost() { state_ = UserState::kEnded; }

  UserState state() const { return state_; }
  // What the upgrade was refused with; zero when it was not.
  int refused_status() const { return refused_status_; }
  std::uint32_t beats_sent() const { return beats_sent_; }
  std::uint32_t beats_answered() const { return beats_answered_; }
  // As the welcome said; zero before.
  std::chrono::milliseconds heartbeat_interval() const { return heartbeat_interval_; }

 private:
  struct Upgrade {
    UpgradeOffer offer;
    UpgradeAnswer answer;
  };

  // Where what a user hears leads.
  struct Reaction {
    std::string& out;
    FrameListener* listener;
  };

  void ReceiveFrames(std::span<char> bytes, const Reaction& reaction);
  void Handle(const websocket::Received& received, const Reaction& reaction);
  void Handle(const v1::ServerFrame& frame, FrameListener* listener);

  // Gone once the upgrade is answered.
  std::unique_ptr<Upgrade> upgrade_;
  websocket::MessageReader reader_;
  std::chrono::milliseconds heartbeat_interval_{0};
  int refused_status_ = 0;
  std::uint32_t beats_sent_ = 0;
  std::uint32_t beats_answered_ = 0;
  Encoding encoding_;
  UserState state_ = UserState::kUpgrading;
};

}  // namespace chat::loadgen
