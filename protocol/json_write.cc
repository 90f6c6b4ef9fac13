// The writing half of json.h.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base64.h"
#include "protocol/json.h"
#include "protocol/timestamp.h"
#include "protocol/utf8.h"

namespace chat {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

constexpr bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void AppendEscaped(char c, std::string& json) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  switch (c) {
    case '"':
      json += "\\\"";
      return;
    case '\\':
      json += "\\\\";
      return;
    case '\n':
      json += "\\n";
      return;
    case '\r':
      json += "\\r";
      return;
    case '\t':
      json += "\\t";
      return;
    default:
      json += "\\u00";
      json += kHexDigits[static_cast<unsigned char>(c) >> 4];
      json += kHexDigits[static_cast<unsigned char>(c) & 0xF];
  }
}

void AppendString(std::string_view text, std::string& json) {
  json += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) ++plain;
    json += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;

    const std::size_t bytes = LeadingCodePointBytes(text);
    if (bytes == 0) {
      json += kReplacementCharacter;
    } else if (bytes == 1) {
      AppendEscaped(text[0], json);
    } else {
      json += text.substr(0, bytes);
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  json += '"';
}

void AppendInteger(std::int64_t number, std::string& json) {
  std::array<char, 20> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  json.append(digits.data(), result.ptr);
}

void AppendMessage(const Message& message, std::string& json);

void AppendSubmessage(const Message& message, std::string& json) {
  if (message.GetDescriptor() != Timestamp::descriptor()) return AppendMessage(message, json);
  // A time that no text can say does not come from ToProtoTimestamp; the writer stays total.
  const auto time = FromProtoTimestamp(static_cast<const Timestamp&>(message));
  json += '"';
  json += FormatTimestamp(time ? *time : kFirstTime);
  json += '"';
}

void AppendText(const FieldDescriptor& field, std::string_view text, std::string& json) {
  if (field.type() != FieldDescriptor::TYPE_BYTES) return AppendString(text, json);
  json += '"';
  json += EncodeBase64(text);
  json += '"';
}

void AppendQuoted(std::int64_t number, std::string& json) {
  json += '"';
  AppendInteger(number, json);
  json += '"';
}

void AppendSingular(const Message& message, const FieldDescriptor& field, std::string& json) {
  const Reflection& reflection = *message.GetReflection();
  std::string scratch;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
      return AppendQuoted(reflection.GetInt64(message, &field), json);
    case FieldDescriptor::CPPTYPE_UINT32:
      return AppendInteger(reflection.GetUInt32(message, &field), json);
    case FieldDescriptor::CPPTYPE_BOOL:
      json += reflection.GetBool(message, &field) ? "true" : "false";
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      return AppendText(field, reflection.GetStringReference(message, &field, &scratch), json);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return AppendSubmessage(reflection.GetMessage(message, &field), json);
    default:
      // json_test.cc holds the schema to the kinds above.
      json += "null";
  }
}

void AppendItem(const Message& message, const FieldDescriptor& field, int index,
                std::string& json) {
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    AppendQuoted(reflection.GetRepeatedInt64(message, &field, index), json);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    AppendSubmessage(reflection.GetRepeatedMessage(message, &field, index), json);
  }
}

void AppendList(const Message& message, const FieldDescriptor& field, std::string& json) {
  json += '[';
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < size; ++i) {
    if (i > 0) json += ',';
    AppendItem(message, field, i, json);
  }
  json += ']';
}

bool IsPrinted(const Message& message, const FieldDescriptor& field) {
  return !field.has_presence() || message.GetReflection()->HasField(message, &field);
}

void AppendMessage(const Message& message, std::string& json) {
  json += '{';
  const auto& descriptor = *message.GetDescriptor();
  bool first = true;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!IsPrinted(message, field)) continue;
    json += first ? "\"" : ",\"";
    json += field.name();
    json += "\":";
    first = false;
    if (field.is_repeated()) {
      AppendList(message, field, json);
    } else {
      AppendSingular(message, field, json);
    }
  }
  json += '}';
}

}  // namespace

void AppendJson(const Message& message, std::string& json) { AppendMessage(message, json); }

std::string ToJson(const Message& message) {
  std::string json;
  // Names and quotes add a few hundred bytes to a frame; text mostly stays what it is.
  json.reserve(message.ByteSizeLong() + 512);
  AppendMessage(message, json);
  return json;
}

}  // namespace chat
