// The JSON form of the schema's messages: strict to read, total to write, by reflection.
//
// It is the canonical Protobuf mapping with snake_case names, times of exactly three decimals, and
// every scalar without presence and every list printed, also when empty. Not a JSON library: only
// messages of chat.proto go in and out, and only the kinds of fields that it has are known.
#pragma once

#include <google/protobuf/message.h>

#include <expected>
#include <string>
#include <string_view>

namespace chat {

enum class JsonErrorCode {
  // Not JSON, too deep, or not of the message's shape.
  kMalformed,
  // A list with more than kListItemsMax items.
  kListTooLong,
};

struct JsonError {
  JsonErrorCode code;
  // One sentence for a developer; names fields of the schema, never what the text held.
  std::string detail;
};

// Reads `text` into `message`, which should be empty. After an error it holds what was read before.
//
// Integers are decimal strings or numbers without fraction and exponent. `null` is an absent field.
// Unknown fields are skipped, but have to be well-formed. A known field that comes twice, or a
// second member of a oneof, is malformed.
// Limits: nesting of kJsonDepthMax, lists of kListItemsMax; the caller bounds the size of `text`.
// Errors: kMalformed, kListTooLong.
// Source: RFC 8259; duplicate names as RFC 7493 §2.3.
std::expected<void, JsonError> ParseJson(std::string_view text, google::protobuf::Message& message);

// Appends `message`. Fields with presence are left out when unset. What is not UTF-8 in a string
// comes out as U+FFFD, so the output is always well-formed.
void AppendJson(const google::protobuf::Message& message, std::string& json);

std::string ToJson(const google::protobuf::Message& message);

}  // namespace chat
