// Builds a message of the schema from the events of a JSON parser, without a tree in between.
//
// Knows nothing of JSON's text. Only json_parse.cc uses it.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/json.h"
#include "protocol/limits.h"

namespace chat {

// Takes events in document order. Each returns false once the document is refused; error() then
// says why, and no further event may follow.
//
// Thread: any one. Lifetime: one document; `root` outlives it.
class MessageBuilder {
 public:
  explicit MessageBuilder(google::protobuf::Message& root) : root_(root) {}

  bool BeginObject();
  void EndObject();
  bool BeginList();
  void EndList();
  bool Name(std::string_view name);
  bool String(std::string_view text);
  bool Integer(std::int64_t number);
  // A number that is no integer of 64 bits.
  bool OtherNumber();
  bool Bool(bool value);
  bool Null();

  // Whether the next string will be thrown away, so that nobody needs to collect its parts.
  bool ignores_value() const {
    return skipped_depth_ > 0 || (depth_ > 0 && top().field == nullptr);
  }
  const JsonError& error() const { return error_; }

 private:
  using FieldDescriptor = google::protobuf::FieldDescriptor;

  // An object that is being read, and where in it.
  struct Level {
    google::protobuf::Message* message;
    // The field whose name came last; null: not in the schema.
    const FieldDescriptor* field;
    // One bit per field of the message, by index.
    std::uint64_t seen;
    bool in_list;
    std::size_t items;
  };

  enum class Step { kStore, kSkip, kFail };

  Level& top() { return levels_[depth_ - 1]; }
  const Level& top() const { return levels_[depth_ - 1]; }

  Step BeginValue();
  Step BeginItem();
  bool Push(google::protobuf::Message& message);
  bool StoreInteger(std::int64_t number);
  bool StoreText(std::string_view text);
  bool StoreTimestamp(std::string_view text);
  bool FailShape();
  bool Fail(JsonErrorCode code, std::string_view what);

  google::protobuf::Message& root_;
  std::array<Level, kJsonDepthMax> levels_;
  std::size_t depth_ = 0;
  // How deep inside of a value that is not in the schema.
  std::size_t skipped_depth_ = 0;
  JsonError error_{};
};

}  // namespace chat
