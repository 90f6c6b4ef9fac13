#include "server/net/websocket_connection.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>
#include <variant>

#include "protocol/limits.h"
#include "protocol/websocket/frame_writer.h"
#include "protocol/websocket/opcode.h"

namespace chat::net {
namespace {

using websocket::CloseCode;
using websocket::Opcode;

// For the outbox, the close frame and the client's own closing, together.
constexpr std::chrono::seconds kCloseTimeout{5};
// Of that, for the client's closing alone.
constexpr std::chrono::seconds kLingerTimeout{2};

// Ten times that per second is far more than any client needs; beyond it reading rests until the
// next sweep.
constexpr std::uint16_t kPingsPerSweepMax = 50;

Opcode ToOpcode(websocket::MessageKind kind) {
  switch (kind) {
    case websocket::MessageKind::kText:
      return Opcode::kText;
    case websocket::MessageKind::kBinary:
      return Opcode::kBinary;
  }
  return Opcode::kBinary;
}

}  // namespace

WebSocketConnection::WebSocketConnection(Transport transport, IpAddress client_address,
                                         ConnectionShared& shared)
    : shared_(shared),
      reader_(websocket::Role::kServer),
      client_address_(client_address),
      opened_at_(shared.now),
      transport_(std::move(transport)) {}

WebSocketConnection::~WebSocketConnection() {
  assert(connection_ == nullptr && "destroyed before it left the hub");
}

void WebSocketConnection::Open(NewWebSocket made) {
  ++shared_.counters.opened;
  Own().bytes = std::move(made.greeting);
  connection_ =
      &shared_.hub.Connect({.owner = made.owner, .encoding = made.encoding, .peer = this});
  MarkForFlush();
  if (!shared_.poller.Add(transport_.descriptor(), this, interest_)) {
    return End(EndedBy::kNetwork, "the system cannot watch it");
  }
  if (!made.early_bytes.empty()) Take(made.early_bytes);
}

void WebSocketConnection::OutputReady() { MarkForFlush(); }

void WebSocketConnection::Close(CloseCode code, std::string_view reason) {
  if (ending_ == nullptr) {
    ending_ = std::make_unique<Ending>(Ending{.by = EndedBy::kServer,
                                              .code = code,
                                              .reason = std::string(reason),
                                              .deadline = shared_.now + kCloseTimeout});
  }
  state_ = State::kFlushing;
  MarkForFlush();
  MarkForCheck();
}

void WebSocketConnection::EndWith(CloseCode code, std::string_view reason) {
  if (state_ == State::kOpen) connection_->Close(code, reason);
}

void WebSocketConnection::HandleReady(const Ready& ready) {
  if (state_ == State::kEnded) return;
  if (ready.broken && !ready.readable) return End(EndedBy::kNetwork, "the connection broke");
  if (ready.writable) MarkForFlush();
  if (ready.readable) Receive();
}

void WebSocketConnection::Receive() {
  const auto received = transport_.Receive(shared_.receive_buffer);
  if (received) {
    shared_.counters.bytes_received += *received;
    // A lingering connection only waits for the end of the stream.
    if (state_ == State::kOpen) Take(std::span(shared_.receive_buffer).first(*received));
    return;
  }
  switch (received.error()) {
    case TransportError::kWouldBlock:
      return;
    case TransportError::kClosed:
      return End(EndedBy::kNetwork, "the client went without a close frame");
    case TransportError::kFailed:
      return End(EndedBy::kNetwork, "the client reset the connection");
  }
}

void WebSocketConnection::Take(std::span<char> input) {
  while (state_ == State::kOpen) {
    const std::optional<websocket::Received> received = reader_.Next(input);
    if (!received) break;
    Handle(*received);
  }
  const bool was_in_message = is_in_message_;
  is_in_message_ = state_ == State::kOpen && reader_.in_progress();
  if (is_in_message_ && !was_in_message) {
    message_since_ = shared_.now;
    MarkForCheck();
  }
}

void WebSocketConnection::Handle(const websocket::Received& received) {
  if (const auto* const message = std::get_if<websocket::Message>(&received)) {
    is_in_message_ = false;
    shared_.hub.Receive(*connection_, ToOpcode(message->kind), message->payload);
  } else if (const auto* const ping = std::get_if<websocket::Ping>(&received)) {
    HandlePing(ping->payload);
  } else if (std::holds_alternative<websocket::Pong>(received)) {
    shared_.hub.Touch(*connection_);
  } else if (const auto* const close = std::get_if<websocket::Close>(&received)) {
    HandleClose(*close);
  } else if (const auto* const violation = std::get_if<websocket::Violation>(&received)) {
    EndWith(websocket::CloseCodeFor(violation->error), websocket::Describe(violation->error));
  }
}

// Of several pings that wait for their answer only the last one is answered (§5.5.3).
void WebSocketConnection::HandlePing(std::string_view payload) {
  shared_.hub.Touch(*connection_);
  OwnOutput& own = Own();
  if (own.pong_at != std::string::npos) own.bytes.resize(own.pong_at);
  own.pong_at = own.bytes.size();
  websocket::AppendFrame(own.bytes, Opcode::kPong, payload);
  MarkForFlush();
  MarkForCheck();
  if (++pings_ <= kPingsPerSweepMax || is_throttled_) return;
  is_throttled_ = true;
  ++shared_.counters.reads_throttled;
  UpdateInterest();
}

void WebSocketConnection::HandleClose(const websocket::Close& close) {
  ending_ = std::make_unique<Ending>(Ending{.by = EndedBy::kClient,
                                            .code = close.code,
                                            .reason = {},
                                            .deadline = shared_.now + kCloseTimeout});
  connection_->Close(close.code.value_or(CloseCode::kNormal), {});
}

bool WebSocketConnection::CheckDeadlines() {
  pings_ = 0;
  is_throttled_ = false;
  if (ending_ != nullptr && shared_.now >= ending_->deadline) {
    // What is written already may still arrive; the kernel bounds how long it tries.
    if (state_ != State::kLingering) transport_.ResetOnClose();
    End(ending_->by, ending_->reason);
  } else if (is_blocked_ && shared_.now - blocked_since_ >= kWriteTimeout) {
    EndWith(CloseCode::kSlowConsumer, "the client did not read in time");
  } else if (is_in_message_ && shared_.now - message_since_ >= kFragmentedMessageTimeout) {
    EndWith(CloseCode::kPolicyViolation, "a message did not end in time");
  }
  if (state_ != State::kEnded) UpdateInterest();
  const bool has_deadline = ending_ != nullptr || is_blocked_ || is_in_message_;
  is_to_check_ = has_deadline && state_ != State::kEnded;
  return is_to_check_;
}

void WebSocketConnection::Abandon() {
  if (connection_ != nullptr) End(EndedBy::kServer, "the server ended");
}

// Closing at once could reset the connection and take the close frame along, so the client goes
// first.
void WebSocketConnection::Linger() {
  transport_.ShutdownSend();
  if (ending_->by == EndedBy::kClient) return End(EndedBy::kClient, ending_->reason);
  state_ = State::kLingering;
  ending_->deadline = std::min(ending_->deadline, shared_.now + kLingerTimeout);
}

void WebSocketConnection::End(EndedBy by, std::string_view reason) {
  if (ending_ == nullptr) {
    ending_ = std::make_unique<Ending>(
        Ending{.by = by, .code = std::nullopt, .reason = std::string(reason), .deadline = {}});
  }
  if (connection_ != nullptr) LeaveHub();
  state_ = State::kEnded;
  transport_ = Transport(FileDescriptor());
  ++shared_.counters.ended;
  Report();
  shared_.to_destroy.push_back(this);
}

void WebSocketConnection::LeaveHub() {
  Connection* const connection = std::exchange(connection_, nullptr);
  ending_->owner = connection->owner();
  shared_.hub.Disconnect(*connection);
}

void WebSocketConnection::Report() const {
  if (!shared_.on_ended) return;
  shared_.on_ended({.owner = ending_->owner,
                    .client_address = client_address_,
                    .by = ending_->by,
                    .code = ending_->code,
                    .reason = ending_->reason,
                    .duration = shared_.now - opened_at_});
}

}  // namespace chat::net
