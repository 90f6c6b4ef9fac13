#include "protocol/envelope.h"

#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/json.h"
#include "protocol/limits.h"
#include "protocol/protobuf_records.h"

namespace chat {
namespace {

using google::protobuf::Message;

// A legal list has kListItemsMax items, each a field of its own with at most six fields inside.
constexpr std::size_t kRecordsMax = 8 * kListItemsMax;

Refusal InvalidFrame(std::string detail) {
  return {.code = ErrorCode::kInvalidFrame, .detail = std::move(detail), .retry_after = {}};
}

Refusal ToRefusal(const JsonError& error) {
  switch (error.code) {
    case JsonErrorCode::kMalformed:
      return InvalidFrame(error.detail);
    case JsonErrorCode::kListTooLong:
      return {ErrorCode::kInvalidArgument, error.detail, {}};
  }
  std::unreachable();
}

std::expected<void, Refusal> ReadJson(std::string_view bytes, Message& frame) {
  const std::expected<void, JsonError> parsed = ParseJson(bytes, frame);
  if (!parsed) return std::unexpected(ToRefusal(parsed.error()));
  return {};
}

// Protobuf's runtime reports strings that are not UTF-8 on stderr; what a client sends must not
// reach the log that way.
void SilenceRuntimeLog() {
  [[maybe_unused]] static google::protobuf::LogHandler* const previous =
      google::protobuf::SetLogHandler(nullptr);
}

std::expected<void, Refusal> ReadProtobuf(std::string_view bytes, Message& frame) {
  SilenceRuntimeLog();
  if (bytes.empty()) return std::unexpected(InvalidFrame("The message is empty."));
  if (HasMoreRecordsThan(kRecordsMax, *frame.GetDescriptor(), bytes)) {
    return std::unexpected(Refusal{ErrorCode::kInvalidArgument, "A list has too many items.", {}});
  }
  if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return std::unexpected(InvalidFrame("This is not a well-formed Protobuf frame."));
  }
  return {};
}

std::expected<void, Refusal> Read(Encoding encoding, std::string_view bytes, Message& frame) {
  if (bytes.size() > kFrameBytesMax) {
    return std::unexpected(Refusal{ErrorCode::kTooLarge, "A frame has at most 1 MiB.", {}});
  }
  switch (encoding) {
    case Encoding::kJson:
      return ReadJson(bytes, frame);
    case Encoding::kProtobuf:
      return ReadProtobuf(bytes, frame);
  }
  std::unreachable();
}

template <typename Frame>
std::expected<Frame, DecodeError> Decode(Encoding encoding, std::string_view bytes) {
  Frame frame;
  std::expected<void, Refusal> read = Read(encoding, bytes, frame);
  if (read && frame.body_case() == Frame::BODY_NOT_SET) {
    read = std::unexpected(Refusal{ErrorCode::kUnsupported, "The frame has no known body.", {}});
  }
  if (read) return frame;
  const auto ref = frame.has_ref() ? std::optional(frame.ref()) : std::nullopt;
  return std::unexpected(DecodeError{std::move(read).error(), ref});
}

std::string Encode(Encoding encoding, const Message& frame) {
  switch (encoding) {
    case Encoding::kJson:
      return ToJson(frame);
    case Encoding::kProtobuf:
      return frame.SerializeAsString();
  }
  std::unreachable();
}

}  // namespace

std::expected<v1::ClientFrame, DecodeError> DecodeClientFrame(Encoding encoding,
                                                              std::string_view bytes) {
  return Decode<v1::ClientFrame>(encoding, bytes);
}

std::string EncodeServerFrame(Encoding encoding, const v1::ServerFrame& frame) {
  return Encode(encoding, frame);
}

std::expected<v1::ServerFrame, DecodeError> DecodeServerFrame(Encoding encoding,
                                                              std::string_view bytes) {
  return Decode<v1::ServerFrame>(encoding, bytes);
}

std::string EncodeClientFrame(Encoding encoding, const v1::ClientFrame& frame) {
  return Encode(encoding, frame);
}

}  // namespace chat
