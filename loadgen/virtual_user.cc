#include "loadgen/virtual_user.h"

#include <utility>
#include <variant>

#include "protocol/websocket/frame_writer.h"
#include "protocol/websocket/masking.h"
#include "protocol/websocket/opcode.h"

namespace chat::loadgen {
namespace {

// Masks protect proxies from scripts in browsers; of a load generator any key will do.
constexpr websocket::MaskingKey kMask = {'l', 'o', 'a', 'd'};

websocket::Opcode OpcodeFor(Encoding encoding) {
  return encoding == Encoding::kJson ? websocket::Opcode::kText : websocket::Opcode::kBinary;
}

void AppendFrame(Encoding encoding, const v1::ClientFrame& frame, std::string& out) {
  websocket::AppendMaskedFrame(out, OpcodeFor(encoding), EncodeClientFrame(encoding, frame), kMask);
}

std::string EncodeHeartbeat(Encoding encoding) {
  v1::ClientFrame frame;
  frame.mutable_heartbeat();
  std::string bytes;
  AppendFrame(encoding, frame, bytes);
  return bytes;
}

// The same for everyone, so it is encoded once.
const std::string& HeartbeatBytes(Encoding encoding) {
  static const std::string json = EncodeHeartbeat(Encoding::kJson);
  static const std::string protobuf = EncodeHeartbeat(Encoding::kProtobuf);
  return encoding == Encoding::kJson ? json : protobuf;
}

}  // namespace

VirtualUser::VirtualUser(UpgradeOffer offer)
    : upgrade_(std::make_unique<Upgrade>(Upgrade{.offer = offer, .answer = UpgradeAnswer(offer)})),
      reader_(websocket::Role::kClient),
      encoding_(offer.encoding) {}

void VirtualUser::Receive(std::span<char> bytes, std::string& out, FrameListener* listener) {
  const Reaction reaction{.out = out, .listener = listener};
  if (state_ == UserState::kEnded) return;
  if (state_ != UserState::kUpgrading) return ReceiveFrames(bytes, reaction);
  switch (upgrade_->answer.Feed({bytes.data(), bytes.size()})) {
    case UpgradeProgress::kIncomplete:
      return;
    case UpgradeProgress::kRefused:
      state_ = UserState::kEnded;
      refused_status_ = upgrade_->answer.status();
      return;
    case UpgradeProgress::kAccepted:
      break;
  }
  state_ = UserState::kGreeting;
  std::string rest(upgrade_->answer.rest());
  upgrade_.reset();
  ReceiveFrames(rest, reaction);
}

void VirtualUser::ReceiveFrames(std::span<char> bytes, const Reaction& reaction) {
  while (state_ != UserState::kEnded) {
    const auto received = reader_.Next(bytes);
    if (!received) return;
    Handle(*received, reaction);
  }
}

void VirtualUser::Handle(const websocket::Received& received, const Reaction& reaction) {
  if (const auto* message = std::get_if<websocket::Message>(&received)) {
    // What does not decode is a frame of a later server, which clients skip.
    const auto frame = DecodeServerFrame(encoding_, message->payload);
    if (frame) Handle(*frame, reaction.listener);
  } else if (const auto* ping = std::get_if<websocket::Ping>(&received)) {
    websocket::AppendMaskedFrame(reaction.out, websocket::Opcode::kPong, ping->payload, kMask);
  } else if (!std::holds_alternative<websocket::Pong>(received)) {
    state_ = UserState::kEnded;
  }
}

void VirtualUser::Handle(const v1::ServerFrame& frame, FrameListener* listener) {
  if (frame.has_heartbeat_ack()) {
    ++beats_answered_;
  } else if (frame.has_welcome()) {
    heartbeat_interval_ = std::chrono::milliseconds(frame.welcome().heartbeat_interval_ms());
    state_ = UserState::kLive;
  } else if (listener != nullptr) {
    listener->Heard(frame);
  }
}

void VirtualUser::Say(const v1::ClientFrame& frame, std::string& out) const {
  if (state_ == UserState::kLive) AppendFrame(encoding_, frame, out);
}

void VirtualUser::Beat(std::string& out) {
  if (state_ != UserState::kLive) return;
  ++beats_sent_;
  out.append(HeartbeatBytes(encoding_));
}

}  // namespace chat::loadgen
