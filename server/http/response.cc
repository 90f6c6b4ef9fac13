#include "server/http/response.h"

#include <utility>

#include "protocol/json.h"

namespace chat::http {

Response JsonResponse(Status status, const google::protobuf::Message& message) {
  return {.status = status,
          .content_type = std::string(kJsonContentType),
          .headers = {{"Cache-Control", "no-store"}},
          .body = ToJson(message)};
}

Response NoContent() { return {.status = Status::kNoContent}; }

Response TextResponse(Status status, std::string text) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .headers = {{"Cache-Control", "no-store"}},
          .body = std::move(text)};
}

}  // namespace chat::http
