// The reading half of json.h: Boost.JSON's strict event parser drives MessageBuilder.
#include <google/protobuf/message.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/parse_options.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/json.h"
#include "protocol/json_message_builder.h"
#include "protocol/limits.h"

namespace chat {
namespace {

// Longer names are of no field, so collecting a name may stop here.
constexpr std::size_t kNameBytesMax = 64;

// What Boost.JSON calls for each event; its names and signatures are the library's.
//
// Thread: any one. Lifetime: one document.
class EventHandler {
 public:
  using error_code = boost::system::error_code;
  using string_view = boost::json::string_view;

  // The caller bounds the text as a whole; MessageBuilder bounds lists.
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

  explicit EventHandler(google::protobuf::Message& root) : builder_(root) {}

  const JsonError& error() const { return builder_.error(); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code& ec) { return Accept(builder_.BeginObject(), ec); }
  bool on_object_end(std::size_t, error_code&) {
    builder_.EndObject();
    return true;
  }
  bool on_array_begin(error_code& ec) { return Accept(builder_.BeginList(), ec); }
  bool on_array_end(std::size_t, error_code&) {
    builder_.EndList();
    return true;
  }

  bool on_key_part(string_view part, std::size_t, error_code&) {
    if (text_.size() <= kNameBytesMax) text_ += part;
    return true;
  }
  bool on_key(string_view part, std::size_t size, error_code& ec) {
    if (part.size() == size) return Accept(builder_.Name(part), ec);
    on_key_part(part, size, ec);
    const bool accepted = builder_.Name(text_);
    text_.clear();
    return Accept(accepted, ec);
  }

  bool on_string_part(string_view part, std::size_t, error_code&) {
    if (!builder_.ignores_value()) text_ += part;
    return true;
  }
  bool on_string(string_view part, std::size_t size, error_code& ec) {
    if (part.size() == size) return Accept(builder_.String(part), ec);
    on_string_part(part, size, ec);
    const bool accepted = builder_.String(text_);
    text_.clear();
    return Accept(accepted, ec);
  }

  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, string_view, error_code& ec) {
    return Accept(builder_.Integer(number), ec);
  }
  bool on_uint64(std::uint64_t, string_view, error_code& ec) {
    return Accept(builder_.OtherNumber(), ec);
  }
  bool on_double(double number, string_view, error_code& ec) {
    return Accept(std::isfinite(number) && builder_.OtherNumber(), ec);
  }
  bool on_bool(bool value, error_code& ec) { return Accept(builder_.Bool(value), ec); }
  bool on_null(error_code& ec) { return Accept(builder_.Null(), ec); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  static bool Accept(bool accepted, error_code& ec) {
    // The parser only wants to see some error; the one that counts is the builder's.
    if (!accepted) ec = boost::json::make_error_code(boost::json::error::syntax);
    return accepted;
  }

  MessageBuilder builder_;
  // A name or string that comes in parts, because something in it is escaped.
  std::string text_;
};

boost::json::parse_options StrictOptions() {
  boost::json::parse_options options;
  options.max_depth = kJsonDepthMax;
  return options;
}

}  // namespace

std::expected<void, JsonError> ParseJson(std::string_view text,
                                         google::protobuf::Message& message) {
  boost::json::basic_parser<EventHandler> parser(StrictOptions(), message);
  boost::system::error_code ec;
  const std::size_t parsed = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && parsed == text.size()) return {};
  const JsonError& error = parser.handler().error();
  if (!error.detail.empty()) return std::unexpected(error);
  return std::unexpected(JsonError{JsonErrorCode::kMalformed, "This is not well-formed JSON."});
}

}  // namespace chat
