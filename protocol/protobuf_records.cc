#include "protocol/protobuf_records.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chat {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::io::CodedInputStream;

// Source: protobuf.dev/programming-guides/encoding, "Message Structure".
enum WireType : std::uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kLengthDelimited = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5,
};

const Descriptor* SubmessageType(const Descriptor& type, std::uint32_t number) {
  const FieldDescriptor* const field = type.FindFieldByNumber(static_cast<int>(number));
  if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return nullptr;
  return field->message_type();
}

class RecordCounter {
 public:
  explicit RecordCounter(std::size_t records_max) : records_left_(records_max) {}

  // False once there are too many. The schema's own nesting bounds the recursion: what is not in
  // it is skipped over, and no message of it contains itself.
  bool Count(const Descriptor& type, std::string_view bytes) {
    CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                           static_cast<int>(bytes.size()));
    while (const std::uint32_t tag = input.ReadTag()) {
      if (records_left_ == 0) return false;
      --records_left_;
      if ((tag & 7) == kLengthDelimited) {
        std::uint32_t size = 0;
        if (!input.ReadVarint32(&size)) return true;
        const auto at = static_cast<std::size_t>(input.CurrentPosition());
        if (size > bytes.size() - at) return true;
        const Descriptor* const submessage = SubmessageType(type, tag >> 3);
        if (submessage != nullptr && !Count(*submessage, bytes.substr(at, size))) return false;
        input.Skip(static_cast<int>(size));
      } else if (!SkipNumber(input, tag & 7)) {
        return true;
      }
    }
    return true;
  }

 private:
  static bool SkipNumber(CodedInputStream& input, std::uint32_t wire_type) {
    std::uint64_t ignored = 0;
    switch (wire_type) {
      case kVarint:
        return input.ReadVarint64(&ignored);
      case kFixed64:
        return input.Skip(8);
      case kFixed32:
        return input.Skip(4);
      // The fields of a group follow as if they stood outside: only their number matters.
      case kStartGroup:
      case kEndGroup:
        return true;
      default:
        return false;
    }
  }

  std::size_t records_left_;
};

}  // namespace

bool HasMoreRecordsThan(std::size_t records_max, const Descriptor& type, std::string_view bytes) {
  return !RecordCounter(records_max).Count(type, bytes);
}

}  // namespace chat
