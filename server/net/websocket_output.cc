// The writing half of WebSocketConnection.
#include <algorithm>
#include <array>
#include <utility>

#include "protocol/limits.h"
#include "protocol/websocket/frame_writer.h"
#include "server/net/websocket_connection.h"

namespace chat::net {
namespace {

// A client that takes less than this within kWriteTimeout while something waits is a slow consumer.
constexpr std::uint32_t kProgressBytesMin = 16 * kKibibyte;

}  // namespace

void WebSocketConnection::Flush() {
  is_to_flush_ = false;
  if (state_ == State::kEnded || state_ == State::kLingering) return;
  // The reader of a slow consumer, or of one that closed, wants nothing but the close frame.
  const bool skips_outbox =
      state_ == State::kFlushing &&
      (ending_->by == EndedBy::kClient || ending_->code == websocket::CloseCode::kSlowConsumer);
  if (skips_outbox) StartClosing();
  if (!WriteAll()) return;
  if (state_ == State::kFlushing) {
    StartClosing();
    if (!WriteAll()) return;
  }
  if (state_ == State::kClosing) Linger();
  if (state_ != State::kEnded) UpdateInterest();
}

// False when something is left to write, or the connection ended.
bool WebSocketConnection::WriteAll() {
  std::array<std::string_view, kSendPartsMax> parts;
  while (const std::size_t count = Gather(parts)) {
    const std::span<const std::string_view> gathered = std::span(parts).first(count);
    std::size_t wanted = 0;
    for (const std::string_view part : gathered) wanted += part.size();
    const std::expected<std::size_t, TransportError> sent = transport_.Send(gathered);
    if (!sent && sent.error() != TransportError::kWouldBlock) {
      End(EndedBy::kNetwork, "the client reset the connection");
      return false;
    }
    ++shared_.counters.sends;
    const std::size_t bytes = sent.value_or(0);
    Consume(bytes, gathered);
    if (bytes < wanted) {
      MarkBlocked();
      return false;
    }
  }
  is_blocked_ = false;
  progress_bytes_ = 0;
  return true;
}

// Our own bytes come between two frames of the outbox, never within one.
std::size_t WebSocketConnection::Gather(std::span<std::string_view> parts) {
  if (is_mid_frame_ && own_ != nullptr) return connection_->outbox().Gather(parts.first(1));
  std::size_t count = 0;
  if (own_ != nullptr) parts[count++] = own_->bytes;
  if (connection_ != nullptr) count += connection_->outbox().Gather(parts.subspan(count));
  return count;
}

void WebSocketConnection::Consume(std::size_t bytes, std::span<const std::string_view> parts) {
  shared_.counters.bytes_sent += bytes;
  progress_bytes_ += static_cast<std::uint32_t>(bytes);
  if (own_ != nullptr && !is_mid_frame_) {
    const std::size_t of_own = std::min(bytes, parts.front().size());
    ConsumeOwn(of_own);
    bytes -= of_own;
    parts = parts.subspan(1);
  }
  if (bytes == 0) return;
  std::size_t rest = bytes;
  for (const std::string_view part : parts) {
    if (rest < part.size()) break;
    rest -= part.size();
  }
  is_mid_frame_ = rest != 0;
  shared_.hub.Written(*connection_, bytes);
}

void WebSocketConnection::ConsumeOwn(std::size_t bytes) {
  if (bytes == own_->bytes.size()) return own_.reset();
  own_->bytes.erase(0, bytes);
  // A pong that is partly written stays as it is; the next one comes behind it.
  if (own_->pong_at == std::string::npos) return;
  own_->pong_at = own_->pong_at >= bytes ? own_->pong_at - bytes : std::string::npos;
}

// Leaves the hub; what remains is the rest of a frame and the close frame.
void WebSocketConnection::StartClosing() {
  std::string last_bytes = TakeRestOfFrame();
  if (own_ != nullptr) last_bytes.append(own_->bytes);
  const websocket::CloseCode code = ending_->code.value_or(websocket::CloseCode::kNormal);
  websocket::AppendClose(last_bytes, code, ending_->reason);
  own_ = std::make_unique<OwnOutput>(OwnOutput{.bytes = std::move(last_bytes)});
  LeaveHub();
  state_ = State::kClosing;
  // A slow consumer that reads on, however late, should learn why it was closed.
  if (is_blocked_) transport_.MakeRoom();
}

std::string WebSocketConnection::TakeRestOfFrame() {
  if (!is_mid_frame_) return {};
  is_mid_frame_ = false;
  std::array<std::string_view, 1> rest;
  if (connection_->outbox().Gather(rest) == 0) return {};
  return std::string(rest.front());
}

void WebSocketConnection::MarkForFlush() {
  if (is_to_flush_) return;
  is_to_flush_ = true;
  shared_.to_flush.push_back(this);
}

void WebSocketConnection::MarkForCheck() {
  if (is_to_check_) return;
  is_to_check_ = true;
  shared_.to_check.push_back(this);
}

void WebSocketConnection::MarkBlocked() {
  if (!is_blocked_ || progress_bytes_ >= kProgressBytesMin) {
    blocked_since_ = shared_.now;
    progress_bytes_ = 0;
  }
  is_blocked_ = true;
  MarkForCheck();
  UpdateInterest();
}

void WebSocketConnection::UpdateInterest() {
  const bool reads = (state_ == State::kOpen && !is_throttled_) || state_ == State::kLingering;
  const Interest wanted = is_blocked_ ? (reads ? Interest::kReadWrite : Interest::kWrite)
                                      : (reads ? Interest::kRead : Interest::kNone);
  if (wanted == interest_) return;
  interest_ = wanted;
  shared_.poller.Change(transport_.descriptor(), this, wanted);
}

WebSocketConnection::OwnOutput& WebSocketConnection::Own() {
  if (own_ == nullptr) own_ = std::make_unique<OwnOutput>();
  return *own_;
}

}  // namespace chat::net
