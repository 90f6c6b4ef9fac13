// One HTTP response as handlers make it. HttpSession adds Date, Content-Length and Connection, and
// sends it.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "server/http/request.h"
#include "server/http/status.h"

namespace chat::http {

inline constexpr std::string_view kJsonContentType = "application/json";

// Thread: any, it is a value.
struct Response {
  Status status = Status::kOk;
  std::string content_type = {};  // empty: no body
  std::vector<Field> headers =
      {};  // besides those that the session adds; values without line breaks
  std::string body = {};
  // Sent instead of `body` unless empty; not copied, so it lives as long as the router.
  std::string_view embedded_body = {};

  std::string_view content() const { return embedded_body.empty() ? body : embedded_body; }
};

// A body of the schema in its JSON form; never cached by anyone on the way.
Response JsonResponse(Status status, const google::protobuf::Message& message);

// 204.
Response NoContent();

// For /metrics and the like.
Response TextResponse(Status status, std::string text);

}  // namespace chat::http
