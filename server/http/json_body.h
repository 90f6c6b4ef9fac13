// Reads the JSON body of a request into a message of the schema.
#pragma once

#include <google/protobuf/message.h>

#include <expected>

#include "server/http/request.h"
#include "server/http/response.h"

namespace chat::http {

// Parses the body into `message`, which must be empty.
// Errors, as finished responses: 415 `unsupported_media_type` unless the content type is
// application/json, 400 `invalid_frame` when the body is no JSON or does not fit the schema, 400
// `invalid_argument` for a list that is too long.
std::expected<void, Response> ParseJsonBody(const Request& request,
                                            google::protobuf::Message& message);

// For use in handlers: auto body = JsonBody<v1::LoginRequest>(request); if (!body) co_return
// body.error();
template <typename Message>
std::expected<Message, Response> JsonBody(const Request& request) {
  Message message;
  if (auto parsed = ParseJsonBody(request, message); !parsed) {
    return std::unexpected(std::move(parsed.error()));
  }
  return message;
}

}  // namespace chat::http
