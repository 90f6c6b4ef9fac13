#include "protocol/websocket/message_reader.h"

#include <algorithm>
#include <array>
#include <vector>

#include "protocol/websocket/masking.h"
#include "protocol/websocket/utf8.h"

namespace chat::websocket {
namespace {

std::span<char> TakeFront(std::span<char>& input, uint64_t bytes_max) {
  const std::span<char> front = input.first(std::min<uint64_t>(input.size(), bytes_max));
  input = input.subspan(front.size());
  return front;
}

std::string_view AsText(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

// Grows by doubling, but never past what a message may hold. (A std::string would: it doubles even
// when asked for less.)
void AppendWithin(std::vector<char>& message, std::span<const char> part, size_t bytes_max) {
  const size_t needed = message.size() + part.size();
  if (needed > message.capacity()) {
    message.reserve(std::max(needed, std::min(2 * message.capacity(), bytes_max)));
  }
  message.insert(message.end(), part.begin(), part.end());
}

MessageKind KindOf(Opcode opcode) {
  return opcode == Opcode::kText ? MessageKind::kText : MessageKind::kBinary;
}

}  // namespace

// What has arrived of a frame or message that is not complete.
struct MessageReader::Partial {
  // A header that is cut off, as it came.
  std::array<char, kHeaderBytesMax> header;
  size_t header_bytes = 0;

  // The frame whose header is complete and whose payload is not.
  std::optional<FrameHeader> frame;
  uint64_t payload_bytes_read = 0;

  // The message that frame belongs to, or that waits for its next fragment.
  std::optional<MessageKind> message_kind;
  std::vector<char> message;
  uint32_t fragments = 0;
  Utf8Validator utf8;

  // Control frames may stand between fragments, so they cannot share the message's memory.
  std::array<char, kControlPayloadBytesMax> control;

  [[nodiscard]] bool empty() const { return header_bytes == 0 && !frame && !message_kind; }
};

MessageReader::MessageReader(Role role, const ReaderLimits& limits)
    : limits_(limits), role_(role) {}
MessageReader::MessageReader(MessageReader&&) noexcept = default;
MessageReader& MessageReader::operator=(MessageReader&&) noexcept = default;
MessageReader::~MessageReader() = default;

bool MessageReader::in_progress() const { return partial_ != nullptr && !partial_->empty(); }

bool MessageReader::in_message() const {
  return partial_ != nullptr && partial_->message_kind.has_value();
}

std::optional<Received> MessageReader::Next(std::span<char>& input) {
  if (finished_ || !in_progress()) partial_.reset();

  while (!finished_ && !input.empty()) {
    if (partial_ == nullptr || !partial_->frame) {
      const auto header = TakeHeader(input);
      if (!header) return Fail(header.error());
      if (!*header) return std::nullopt;
      if (const auto order = CheckOrder(**header); !order) return Fail(order.error());
      if (const auto limits = CheckLimits(**header); !limits) return Fail(limits.error());

      const bool whole_message = (*header)->fin && (*header)->opcode != Opcode::kContinuation;
      if (whole_message && (*header)->payload_bytes <= input.size()) {
        return ReadWholeFrame(**header, input);
      }
      OpenFrame(**header);
    }
    if (const auto received = ReadPartOfFrame(input)) return received;
  }
  if (finished_) input = {};
  return std::nullopt;
}

std::expected<std::optional<FrameHeader>, FrameError> MessageReader::TakeHeader(
    std::span<char>& input) {
  if (partial_ == nullptr || partial_->header_bytes == 0) {
    const auto header = ParseFrameHeader(AsText(input), role_);
    if (header && *header) TakeFront(input, (*header)->header_bytes());
    if (!header || *header) return header;
  }

  // The header is cut off at the end of this input, or was at the end of an earlier one.
  Partial& partial = EnsurePartial();
  const size_t earlier_bytes = partial.header_bytes;
  const auto free = std::span(partial.header).subspan(earlier_bytes);
  const auto seen = input.first(std::min(input.size(), free.size()));
  std::ranges::copy(seen, free.begin());
  const auto header = ParseFrameHeader({partial.header.data(), earlier_bytes + seen.size()}, role_);
  if (header && *header) {
    partial.header_bytes = 0;
    TakeFront(input, (*header)->header_bytes() - earlier_bytes);
  } else {
    partial.header_bytes += seen.size();
    TakeFront(input, seen.size());
  }
  return header;
}

std::expected<void, FrameError> MessageReader::CheckOrder(const FrameHeader& header) const {
  if (IsControl(header.opcode)) return {};
  if (header.opcode == Opcode::kContinuation && !in_message()) {
    return std::unexpected(FrameError::kStrayContinuation);
  }
  if (header.opcode != Opcode::kContinuation && in_message()) {
    return std::unexpected(FrameError::kMessageInterrupted);
  }
  return {};
}

std::expected<void, FrameError> MessageReader::CheckLimits(const FrameHeader& header) const {
  if (IsControl(header.opcode)) {
    const bool half_a_code = header.opcode == Opcode::kClose && header.payload_bytes == 1;
    if (half_a_code) return std::unexpected(FrameError::kClosePayloadLength);
    return {};
  }
  const size_t earlier_bytes = in_message() ? partial_->message.size() : 0;
  const size_t earlier_fragments = in_message() ? partial_->fragments : 0;
  if (header.payload_bytes > limits_.message_bytes_max - earlier_bytes) {
    return std::unexpected(FrameError::kMessageTooLong);
  }
  if (earlier_fragments >= limits_.fragments_max) {
    return std::unexpected(FrameError::kTooManyFragments);
  }
  return {};
}

// The common case, a frame that arrived in one piece and is a message or control frame by itself:
// nothing is copied or allocated.
Received MessageReader::ReadWholeFrame(const FrameHeader& header, std::span<char>& input) {
  const std::span<char> payload = TakeFront(input, header.payload_bytes);
  if (header.mask) ApplyMask(payload, *header.mask);
  if (IsControl(header.opcode)) return FinishControl(header.opcode, AsText(payload));
  if (header.opcode == Opcode::kText && !IsUtf8(AsText(payload))) {
    return Fail(FrameError::kTextNotUtf8);
  }
  return Message{.kind = KindOf(header.opcode), .payload = AsText(payload)};
}

void MessageReader::OpenFrame(const FrameHeader& header) {
  Partial& partial = EnsurePartial();
  partial.frame = header;
  partial.payload_bytes_read = 0;
  if (IsControl(header.opcode)) return;
  if (!partial.message_kind) partial.message_kind = KindOf(header.opcode);
  ++partial.fragments;
}

std::optional<Received> MessageReader::ReadPartOfFrame(std::span<char>& input) {
  const FrameHeader& frame = *partial_->frame;
  const std::span<char> part = TakeFront(input, frame.payload_bytes - partial_->payload_bytes_read);
  if (frame.mask) ApplyMask(part, *frame.mask, partial_->payload_bytes_read);
  partial_->payload_bytes_read += part.size();
  return IsControl(frame.opcode) ? ReadPartOfControl(part) : ReadPartOfMessage(part);
}

std::optional<Received> MessageReader::ReadPartOfControl(std::span<char> part) {
  const FrameHeader frame = *partial_->frame;
  const std::string_view received(partial_->control.data(), partial_->payload_bytes_read);
  std::ranges::copy(
      part, partial_->control.begin() + static_cast<std::ptrdiff_t>(received.size() - part.size()));
  if (received.size() < frame.payload_bytes) {
    if (frame.opcode != Opcode::kClose) return std::nullopt;
    const auto checked = CheckClosePrefix(received);
    return checked ? std::nullopt : std::optional(Fail(checked.error()));
  }
  partial_->frame.reset();
  return FinishControl(frame.opcode, received);
}

std::optional<Received> MessageReader::ReadPartOfMessage(std::span<char> part) {
  const bool text = *partial_->message_kind == MessageKind::kText;
  if (text && !partial_->utf8.Consume(AsText(part))) return Fail(FrameError::kTextNotUtf8);
  AppendWithin(partial_->message, part, limits_.message_bytes_max);
  if (partial_->payload_bytes_read < partial_->frame->payload_bytes) return std::nullopt;

  const bool fin = partial_->frame->fin;
  partial_->frame.reset();
  if (!fin) return std::nullopt;
  if (text && !partial_->utf8.complete()) return Fail(FrameError::kTextNotUtf8);
  const Message message{.kind = *partial_->message_kind, .payload = AsText(partial_->message)};
  partial_->message_kind.reset();
  return message;
}

Received MessageReader::FinishControl(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::kPing) return Ping{payload};
  if (opcode == Opcode::kPong) return Pong{payload};
  const auto close = ParseClosePayload(payload);
  if (!close) return Fail(close.error());
  finished_ = true;
  return *close;
}

Received MessageReader::Fail(FrameError error) {
  finished_ = true;
  return Violation{error};
}

MessageReader::Partial& MessageReader::EnsurePartial() {
  if (partial_ == nullptr) partial_ = std::make_unique<Partial>();
  return *partial_;
}

}  // namespace chat::websocket
