#include "server/http/problem.h"

#include <chrono>
#include <string>

#include "protocol/json.h"
#include "protocol/problem.h"

namespace chat::http {

Response ProblemResponse(const Refusal& refusal) {
  Response response{.status = static_cast<Status>(HttpStatus(refusal.code)),
                    .content_type = "application/problem+json",
                    .headers = {{"Cache-Control", "no-store"}},
                    .body = ToJson(MakeProblem(refusal))};
  if (response.status == Status::kUnauthorized) {
    response.headers.push_back({"WWW-Authenticate", "Bearer"});
  }
  if (refusal.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*refusal.retry_after);
    response.headers.push_back({"Retry-After", std::to_string(seconds.count())});
  }
  return response;
}

}  // namespace chat::http
