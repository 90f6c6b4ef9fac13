#include "server/core/connection.h"

#include <chrono>

#include "protocol/limits.h"

namespace chat {

Connection::Connection(ConnectionHandle handle, const NewConnection& made, OutboxBudget& outboxes)
    : owner_(made.owner),
      peer_(made.peer),
      outbox_(made.encoding, outboxes.limits, outboxes.totals),
      handle_(handle),
      encoding_(made.encoding) {}

void Connection::Close(websocket::CloseCode code, std::string_view reason) {
  if (closing_) return;
  closing_ = true;
  peer_->Close(code, reason);
}

// All frames of a turn leave in one send: the peer hears of the first one only.
template <typename Push>
void Connection::Enqueue(Push push) {
  if (closing_) return;
  const bool was_empty = outbox_.empty();
  push();
  if (outbox_.overflowed()) {
    Close(websocket::CloseCode::kSlowConsumer, "the client reads too slowly");
  } else if (was_empty && !outbox_.empty()) {
    peer_->OutputReady();
  }
}

void Connection::Send(WireFrame frame) {
  Enqueue([&] { outbox_.Push(std::move(frame)); });
}

void Connection::SendBody(const LiveBody& body) {
  Enqueue([&] { outbox_.PushBody(body.frame, body.conversation_id, body.seq, body.change); });
}

void Connection::SendPresence(const PresenceChange& change) {
  Enqueue([&] { outbox_.PushPresence(change); });
}

void Connection::SendReceipt(WireFrame frame, ConversationId conversation, UserId user) {
  Enqueue([&] { outbox_.PushReceipt(std::move(frame), conversation, user); });
}

void Connection::SendTyping(WireFrame frame, ConversationId conversation, UserId user) {
  Enqueue([&] { outbox_.PushTyping(std::move(frame), conversation, user); });
}

void Connection::SendPresenceSnapshot(const v1::ServerFrame& frame) {
  Enqueue([&] { outbox_.PushPresenceSnapshot(EncodeWire(encoding_, frame)); });
}

void Connection::BeginRefusedWindow(Instant now) {
  if (now - refused_window_start_ < std::chrono::minutes(1)) return;
  refused_window_start_ = now;
  invalid_frames_ = 0;
  frames_too_often_ = 0;
}

bool Connection::CountFrameTooOften(Instant now) {
  BeginRefusedWindow(now);
  return ++frames_too_often_ >= kFramesTooOftenPerMinuteMax;
}

bool Connection::CountInvalidFrame(Instant now) {
  BeginRefusedWindow(now);
  return ++invalid_frames_ >= kInvalidFramesPerMinuteMax;
}

}  // namespace chat
