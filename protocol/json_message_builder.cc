#include "protocol/json_message_builder.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "protocol/base64.h"
#include "protocol/timestamp.h"

namespace chat {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

// Messages have few fields: comparing each name is quicker than a hash, and takes no lock.
const FieldDescriptor* FindField(const Descriptor& descriptor, std::string_view name) {
  for (int i = 0; i < descriptor.field_count(); ++i) {
    if (descriptor.field(i)->name() == name) return descriptor.field(i);
  }
  return nullptr;
}

// The same form that JSON numbers have: no plus sign, no leading zeros.
std::optional<std::int64_t> ReadInteger(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed_end, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || parsed_end != end) return std::nullopt;
  return number;
}

bool IsTimestamp(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type() == Timestamp::descriptor();
}

bool IsObject(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsTimestamp(field);
}

std::string_view ExpectedShape(const FieldDescriptor& field) {
  if (IsTimestamp(field)) return "has to be a time like 2026-01-31T23:59:59.000Z";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
      return "has to be a 64-bit integer, best as a decimal string";
    case FieldDescriptor::CPPTYPE_UINT32:
      return "has to be an integer from 0 to 4294967295";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "has to be true or false";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "has to be an object";
    default:
      return field.type() == FieldDescriptor::TYPE_BYTES ? "has to be base64 in a string"
                                                         : "has to be a string";
  }
}

}  // namespace

bool MessageBuilder::BeginObject() {
  if (depth_ == 0) return Push(root_);
  switch (BeginValue()) {
    case Step::kFail:
      return false;
    case Step::kSkip:
      ++skipped_depth_;
      return true;
    case Step::kStore:
      break;
  }
  const FieldDescriptor& field = *top().field;
  if (!IsObject(field)) return FailShape();
  const Reflection& reflection = *top().message->GetReflection();
  return Push(field.is_repeated() ? *reflection.AddMessage(top().message, &field)
                                  : *reflection.MutableMessage(top().message, &field));
}

void MessageBuilder::EndObject() {
  if (skipped_depth_ > 0) {
    --skipped_depth_;
  } else {
    --depth_;
  }
}

bool MessageBuilder::BeginList() {
  if (ignores_value()) {
    ++skipped_depth_;
    return true;
  }
  if (depth_ == 0) return Fail(JsonErrorCode::kMalformed, "the document has to be an object");
  if (!top().field->is_repeated() || top().in_list) return FailShape();
  top().in_list = true;
  top().items = 0;
  return true;
}

void MessageBuilder::EndList() {
  if (skipped_depth_ > 0) {
    --skipped_depth_;
  } else {
    top().in_list = false;
  }
}

bool MessageBuilder::Name(std::string_view name) {
  if (skipped_depth_ > 0) return true;
  top().field = FindField(*top().message->GetDescriptor(), name);
  if (top().field == nullptr) return true;
  const std::uint64_t bit = std::uint64_t{1} << top().field->index();
  if ((top().seen & bit) != 0) return Fail(JsonErrorCode::kMalformed, "comes twice");
  top().seen |= bit;
  return true;
}

bool MessageBuilder::String(std::string_view text) {
  const Step step = BeginValue();
  if (step != Step::kStore) return step == Step::kSkip;
  const FieldDescriptor& field = *top().field;
  if (IsTimestamp(field)) return StoreTimestamp(text);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) return StoreText(text);
  const std::optional<std::int64_t> number = ReadInteger(text);
  return number ? StoreInteger(*number) : FailShape();
}

bool MessageBuilder::Integer(std::int64_t number) {
  const Step step = BeginValue();
  if (step != Step::kStore) return step == Step::kSkip;
  return StoreInteger(number);
}

bool MessageBuilder::OtherNumber() {
  const Step step = BeginValue();
  if (step != Step::kStore) return step == Step::kSkip;
  return FailShape();
}

bool MessageBuilder::Bool(bool value) {
  const Step step = BeginValue();
  if (step != Step::kStore) return step == Step::kSkip;
  if (top().field->cpp_type() != FieldDescriptor::CPPTYPE_BOOL) return FailShape();
  top().message->GetReflection()->SetBool(top().message, top().field, value);
  return true;
}

bool MessageBuilder::Null() {
  if (depth_ == 0) return Fail(JsonErrorCode::kMalformed, "the document has to be an object");
  if (ignores_value() || !top().in_list) return true;
  return FailShape();
}

MessageBuilder::Step MessageBuilder::BeginValue() {
  if (depth_ == 0) {
    Fail(JsonErrorCode::kMalformed, "the document has to be an object");
    return Step::kFail;
  }
  if (ignores_value()) return Step::kSkip;
  const Level& level = top();
  if (level.field->is_repeated()) return BeginItem();
  const auto* const oneof = level.field->real_containing_oneof();
  if (oneof != nullptr && level.message->GetReflection()->HasOneof(*level.message, oneof)) {
    Fail(JsonErrorCode::kMalformed, "comes beside another body");
    return Step::kFail;
  }
  return Step::kStore;
}

MessageBuilder::Step MessageBuilder::BeginItem() {
  if (!top().in_list) {
    FailShape();
    return Step::kFail;
  }
  if (++top().items > kListItemsMax) {
    Fail(JsonErrorCode::kListTooLong, "has too many items");
    return Step::kFail;
  }
  return Step::kStore;
}

// The parser's own depth limit is the size of `levels_`.
bool MessageBuilder::Push(Message& message) {
  levels_[depth_++] = {
      .message = &message, .field = nullptr, .seen = 0, .in_list = false, .items = 0};
  return true;
}

bool MessageBuilder::StoreInteger(std::int64_t number) {
  const FieldDescriptor& field = *top().field;
  const Reflection& reflection = *top().message->GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    if (field.is_repeated()) {
      reflection.AddInt64(top().message, &field, number);
    } else {
      reflection.SetInt64(top().message, &field, number);
    }
    return true;
  }
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_UINT32) return FailShape();
  if (!std::in_range<std::uint32_t>(number)) return FailShape();
  reflection.SetUInt32(top().message, &field, static_cast<std::uint32_t>(number));
  return true;
}

bool MessageBuilder::StoreText(std::string_view text) {
  const FieldDescriptor& field = *top().field;
  const Reflection& reflection = *top().message->GetReflection();
  if (field.type() != FieldDescriptor::TYPE_BYTES) {
    reflection.SetString(top().message, &field, std::string(text));
    return true;
  }
  std::optional<std::string> bytes = DecodeBase64(text);
  if (!bytes) return FailShape();
  reflection.SetString(top().message, &field, *std::move(bytes));
  return true;
}

bool MessageBuilder::StoreTimestamp(std::string_view text) {
  const std::optional<UnixTime> time = ParseTimestamp(text);
  if (!time) return FailShape();
  const Reflection& reflection = *top().message->GetReflection();
  reflection.MutableMessage(top().message, top().field)->CopyFrom(ToProtoTimestamp(*time));
  return true;
}

bool MessageBuilder::FailShape() {
  if (top().field->is_repeated() && !top().in_list) {
    return Fail(JsonErrorCode::kMalformed, "has to be a list");
  }
  return Fail(JsonErrorCode::kMalformed, ExpectedShape(*top().field));
}

bool MessageBuilder::Fail(JsonErrorCode code, std::string_view what) {
  error_.code = code;
  if (depth_ > 0 && top().field != nullptr) {
    error_.detail = "\"" + top().field->name() + "\" ";
  }
  error_.detail += what;
  error_.detail += '.';
  return false;
}

}  // namespace chat
