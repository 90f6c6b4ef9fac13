#include "server/http/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cassert>
#include <iterator>
#include <utility>

#include "protocol/limits.h"
#include "server/http/request_checks.h"
#include "server/http/request_target.h"
#include "server/runtime/asio.h"

namespace chat::http {
namespace {

namespace beast = boost::beast;

constexpr std::size_t kBufferBytesMin = 4 * kKibibyte;
constexpr std::size_t kBufferBytesMax = 24 * kKibibyte;
static_assert(kBufferBytesMax > kHeadBytesMax, "a whole head fits");

std::unexpected<Refusal> Malformed(std::string detail) {
  return std::unexpected(Refusal{ErrorCode::kInvalidFrame, std::move(detail), {}});
}

std::unexpected<Refusal> BodyTooLarge() {
  return std::unexpected(Refusal{ErrorCode::kTooLarge, "The body is too large.", {}});
}

Method FromVerb(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get:
      return Method::kGet;
    case beast::http::verb::head:
      return Method::kHead;
    case beast::http::verb::post:
      return Method::kPost;
    case beast::http::verb::put:
      return Method::kPut;
    case beast::http::verb::patch:
      return Method::kPatch;
    case beast::http::verb::delete_:
      return Method::kDelete;
    default:
      return Method::kOther;
  }
}

}  // namespace

struct RequestReader::Parser : beast::http::request_parser<beast::http::string_body> {
  std::ptrdiff_t fields() const { return std::distance(get().begin(), get().end()); }

  std::ptrdiff_t head_fields = 0;
};

RequestReader::RequestReader() = default;
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::Prepare() {
  if (begin_ != 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= std::exchange(begin_, 0);
  }
  if (buffer_.size() - end_ < kBufferBytesMin / 2) {
    buffer_.resize(std::clamp(2 * buffer_.size(), kBufferBytesMin, kBufferBytesMax));
  }
  return std::span(buffer_).subspan(end_);
}

void RequestReader::Commit(std::size_t bytes) {
  end_ += bytes;
  assert(end_ <= buffer_.size());
}

std::expected<RequestReader::Found, Refusal> RequestReader::Next() {
  return parser_ ? ReadBody() : ReadHead();
}

std::expected<RequestReader::Found, Refusal> RequestReader::ReadHead() {
  const std::expected<std::optional<std::size_t>, Refusal> end = FindHeadEnd(unread(), scanned_);
  if (!end) return std::unexpected(end.error());
  scanned_ = unread().size();
  if (!*end) return Found::kNothing;

  const std::string_view bytes = unread().substr(0, **end);
  if (auto checked = CheckHead(bytes); !checked) return std::unexpected(checked.error());
  if (auto parsed = ParseHead(bytes); !parsed) return std::unexpected(parsed.error());
  begin_ += bytes.size();
  scanned_ = 0;
  return Found::kHead;
}

std::expected<void, Refusal> RequestReader::ParseHead(std::string_view bytes) {
  parser_ = std::make_unique<Parser>();
  parser_->header_limit(static_cast<std::uint32_t>(kHeadBytesMax));
  parser_->body_limit(boost::none);  // LimitBody sets it
  beast::error_code error;
  const std::size_t used = parser_->put(asio::buffer(bytes), error);
  if (error || !parser_->is_header_done() || used != bytes.size()) {
    return Malformed("The head is malformed.");
  }
  std::expected<RequestTarget, Refusal> target = ParseRequestTarget(parser_->get().target());
  if (!target) return std::unexpected(std::move(target.error()));
  head_ = {.path = std::move(target->path),
           .query = std::move(target->query),
           .headers = ReadFields(bytes)};
  FillHead();
  return {};
}

void RequestReader::FillHead() {
  const auto& message = parser_->get();
  head_.method = FromVerb(message.method());
  parser_->head_fields = parser_->fields();
  head_.is_http_1_0 = message.version() == 10;
  head_.keep_alive = parser_->keep_alive();
  head_.has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
  head_.expects_continue =
      beast::iequals(message[beast::http::field::expect], "100-continue") && !head_.is_http_1_0;
}

std::optional<std::uint64_t> RequestReader::body_bytes_announced() const {
  if (!head_.has_body) return 0;
  const auto length = parser_->content_length();
  return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

std::expected<void, Refusal> RequestReader::LimitBody(std::size_t bytes_max) {
  if (parser_->content_length().value_or(0) > bytes_max) return BodyTooLarge();
  parser_->body_limit(bytes_max);
  parser_->eager(true);
  return {};
}

std::expected<RequestReader::Found, Refusal> RequestReader::ReadBody() {
  while (!parser_->is_done() && !unread().empty()) {
    beast::error_code error;
    const std::size_t used = parser_->put(asio::buffer(unread()), error);
    begin_ += used;
    if (error == beast::http::error::body_limit) return BodyTooLarge();
    if (error && error != beast::http::error::need_more) return Malformed("The body is malformed.");
    if (error || used == 0) break;
  }
  if (parser_->fields() != parser_->head_fields) return Malformed("Trailers are not understood.");
  if (parser_->is_done()) return Found::kRequest;
  // What the parser leaves unread then is one line of the chunked coding.
  if (unread().size() >= kBufferBytesMin) return Malformed("A line of the body is too long.");
  return Found::kNothing;
}

std::string RequestReader::TakeBody() { return std::move(parser_->get().body()); }

void RequestReader::Restart() {
  parser_.reset();
  head_ = {};
}

}  // namespace chat::http
