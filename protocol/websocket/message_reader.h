// Turns received bytes into WebSocket messages and control frames, for either end of a connection.
// Sans-I/O: it owns no socket, reads no clock and sends nothing (answering a ping or a close, and
// timing out a message that never ends, is up to the owner). Used by server, load generator, tests.
// Source: RFC 6455 §5, §6.2, §7.1.5, §8.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "protocol/limits.h"
#include "protocol/websocket/close_payload.h"
#include "protocol/websocket/frame_error.h"
#include "protocol/websocket/frame_header.h"

namespace chat::websocket {

enum class MessageKind : uint8_t { kText, kBinary };

// A complete message; text is checked UTF-8.
struct Message {
  MessageKind kind;
  std::string_view payload;
};

struct Ping {
  std::string_view payload;
};

struct Pong {
  std::string_view payload;
};

// The peer broke a rule: close with `CloseCodeFor(error)`.
struct Violation {
  FrameError error;
};

// What Next() found. After a Close or a Violation nothing more is found.
using Received = std::variant<Message, Ping, Pong, Close, Violation>;

struct ReaderLimits {
  // Of one message, all of its fragments together.
  uint32_t message_bytes_max = kFrameBytesMax;
  uint16_t fragments_max = kFragmentsMax;
};

// The receiving half of one connection.
// Thread: that of the connection.
// Lifetime: the connection's. Between messages it owns no memory; a frame that has not arrived as a
// whole, or a fragmented message, is gathered in a buffer that lives until the message was read.
class MessageReader {
 public:
  explicit MessageReader(Role role, const ReaderLimits& limits = {});
  MessageReader(MessageReader&&) noexcept;
  MessageReader& operator=(MessageReader&&) noexcept;
  ~MessageReader();

  // Finds the next thing in `input` and removes what it consumed from its front; nothing means that
  // `input` is used up, beginnings of frames included. Call it until then. Payloads are unmasked in
  // place where the frame lies in `input` as a whole; either way they are valid until the next
  // call. Limits: ReaderLimits, refused when a header announces more, before any of it is stored.
  // Memory follows what arrived, never what was announced: `message_bytes_max` at most, twice that
  // while it grows. Errors: a Violation with any FrameError, at the first byte that shows it.
  [[nodiscard]] std::optional<Received> Next(std::span<char>& input);

  // True between the first and the last byte of a frame or a fragmented message. The owner closes
  // with 1008 when that lasts too long.
  [[nodiscard]] bool in_progress() const;

 private:
  struct Partial;

  std::expected<std::optional<FrameHeader>, FrameError> TakeHeader(std::span<char>& input);
  std::expected<void, FrameError> CheckOrder(const FrameHeader& header) const;
  std::expected<void, FrameError> CheckLimits(const FrameHeader& header) const;

  Received ReadWholeFrame(const FrameHeader& header, std::span<char>& input);
  void OpenFrame(const FrameHeader& header);
  std::optional<Received> ReadPartOfFrame(std::span<char>& input);
  std::optional<Received> ReadPartOfControl(std::span<char> part);
  std::optional<Received> ReadPartOfMessage(std::span<char> part);

  Received FinishControl(Opcode opcode, std::string_view payload);
  Received Fail(FrameError error);
  Partial& EnsurePartial();
  bool in_message() const;

  // Only while something is in progress or was just handed out from it.
  std::unique_ptr<Partial> partial_;
  ReaderLimits limits_;
  Role role_;
  bool finished_ = false;
};

// An idle connection pays for this object, so its size is part of its contract.
static_assert(sizeof(MessageReader) <= 24);

}  // namespace chat::websocket
