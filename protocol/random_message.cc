#include "protocol/random_message.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

#include "protocol/timestamp.h"

namespace chat {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

class Filler {
 public:
  explicit Filler(std::mt19937_64& random) : random_(random) {}

  void Fill(Message& message) {
    if (message.GetDescriptor() == Timestamp::descriptor()) {
      message.CopyFrom(ToProtoTimestamp(AnyTime()));
      return;
    }
    const auto& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) FillField(message, *descriptor.field(i));
    for (int i = 0; i < descriptor.real_oneof_decl_count(); ++i) {
      const OneofDescriptor& oneof = *descriptor.oneof_decl(i);
      SetSingular(message, *oneof.field(static_cast<int>(Below(oneof.field_count()))));
    }
  }

 private:
  std::uint64_t Below(std::uint64_t end) { return random_() % end; }

  void FillField(Message& message, const FieldDescriptor& field) {
    if (field.real_containing_oneof() != nullptr) return;
    if (field.is_repeated()) {
      for (std::uint64_t items = Below(4); items > 0; --items) AddItem(message, field);
    } else if (!field.has_presence() || Below(2) == 0) {
      SetSingular(message, field);
    }
  }

  void AddItem(Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Fill(*reflection.AddMessage(&message, &field));
    } else {
      reflection.AddInt64(&message, &field, AnyInt64());
    }
  }

  void SetSingular(Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection.SetInt64(&message, &field, AnyInt64());
      case FieldDescriptor::CPPTYPE_UINT32:
        return reflection.SetUInt32(&message, &field, static_cast<std::uint32_t>(AnyInt64()));
      case FieldDescriptor::CPPTYPE_BOOL:
        return reflection.SetBool(&message, &field, Below(2) == 0);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Fill(*reflection.MutableMessage(&message, &field));
      default:
        return reflection.SetString(
            &message, &field, field.type() == FieldDescriptor::TYPE_BYTES ? AnyBytes() : AnyText());
    }
  }

  std::int64_t AnyInt64() {
    using Limits = std::numeric_limits<std::int64_t>;
    constexpr std::array<std::int64_t, 8> kAwkward = {0,
                                                      1,
                                                      -1,
                                                      std::int64_t{1} << 53,
                                                      (std::int64_t{1} << 53) + 1,
                                                      4'294'967'296,
                                                      Limits::max(),
                                                      Limits::min()};
    return Below(2) == 0 ? kAwkward[Below(kAwkward.size())] : static_cast<std::int64_t>(random_());
  }

  UnixTime AnyTime() {
    const auto span = static_cast<std::uint64_t>((kLastTime - kFirstTime).count());
    return kFirstTime + std::chrono::milliseconds(Below(span + 1));
  }

  std::string AnyText() {
    constexpr std::array<std::string_view, 12> kParts = {
        "a",      "Z9 ",          "\"",         "\\",           "/",   "\n\r\t\b\f", "\x01\x1F\x7F",
        "\u00e9", "\u20ac\uFFFD", "\U0001F600", "\u2028\u202E", "<&'>"};
    std::string text;
    for (std::uint64_t parts = Below(6); parts > 0; --parts) text += kParts[Below(kParts.size())];
    return text;
  }

  std::string AnyBytes() {
    std::string bytes(Below(9), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }

  std::mt19937_64& random_;
};

}  // namespace

void FillAtRandom(std::mt19937_64& random, Message& message) { Filler(random).Fill(message); }

}  // namespace chat
