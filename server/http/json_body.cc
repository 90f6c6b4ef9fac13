#include "server/http/json_body.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "protocol/errors.h"
#include "protocol/json.h"
#include "server/http/problem.h"

namespace chat::http {
namespace {

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// The media type without its parameters.
bool IsJson(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  type = type.substr(0, type.find_last_not_of(" \t") + 1);
  return std::ranges::equal(type, kJsonContentType, {}, ToLower);
}

ErrorCode ToErrorCode(JsonErrorCode code) {
  switch (code) {
    case JsonErrorCode::kMalformed:
      return ErrorCode::kInvalidFrame;
    case JsonErrorCode::kListTooLong:
      return ErrorCode::kInvalidArgument;
  }
  return ErrorCode::kInvalidFrame;
}

}  // namespace

std::expected<void, Response> ParseJsonBody(const Request& request,
                                            google::protobuf::Message& message) {
  if (!IsJson(request.header("content-type").value_or(""))) {
    return std::unexpected(ProblemResponse(
        {ErrorCode::kUnsupportedMediaType, "The content type must be application/json.", {}}));
  }
  auto parsed = ParseJson(request.body(), message);
  if (parsed) return {};
  return std::unexpected(
      ProblemResponse({ToErrorCode(parsed.error().code), std::move(parsed.error().detail), {}}));
}

}  // namespace chat::http
