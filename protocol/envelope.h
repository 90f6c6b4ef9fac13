// Frames as the bytes of one WebSocket message, in both encodings and both roles.
//
// A frame that decodes is of the schema's shape, nothing more: what its fields may hold is checked
// by whoever serves it. The server uses the first pair; load generator and tests use the second.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"

namespace chat {

// What the subprotocols chat.v1.json and chat.v1.protobuf stand for.
enum class Encoding {
  kJson,
  kProtobuf,
};

struct DecodeError {
  Refusal refusal;
  // For the answer, if it could be read.
  std::optional<std::uint32_t> ref;
};

// Limits: kFrameBytesMax, kJsonDepthMax, kListItemsMax. Memory stays within 8 times `bytes` for
// lists of ids, in either encoding.
// Errors: kInvalidFrame if `bytes` do not parse, kUnsupported if they do but no body is known,
// kInvalidArgument for a list that is too long, kTooLarge over kFrameBytesMax.
std::expected<v1::ClientFrame, DecodeError> DecodeClientFrame(Encoding encoding,
                                                              std::string_view bytes);

std::string EncodeServerFrame(Encoding encoding, const v1::ServerFrame& frame);

// Limits and Errors: as DecodeClientFrame; kUnsupported is what a client skips.
std::expected<v1::ServerFrame, DecodeError> DecodeServerFrame(Encoding encoding,
                                                              std::string_view bytes);

std::string EncodeClientFrame(Encoding encoding, const v1::ClientFrame& frame);

}  // namespace chat
