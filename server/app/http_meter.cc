#include "server/app/http_meter.h"

#include <cstddef>
#include <utility>

#include "server/http/status.h"

namespace chat::app {
namespace {

using http::Status;
using telemetry::LoginResult;

// Every status is of a class; the first digits are 1 to 5.
constexpr std::size_t ClassOf(Status status) { return std::to_underlying(status) / 100u - 1u; }

LoginResult ResultOf(Status status) {
  if (status == Status::kUnauthorized) return LoginResult::kRefused;
  if (status == Status::kTooManyRequests) return LoginResult::kRateLimited;
  switch (ClassOf(status)) {
    case ClassOf(Status::kOk):
      return LoginResult::kOk;
    case ClassOf(Status::kInternalServerError):
      return LoginResult::kUnavailable;
    default:
      return LoginResult::kInvalid;
  }
}

}  // namespace

void HttpMeter::Count(const http::ServedRequest& served) {
  ++measures_.answers[ClassOf(served.status)];
  measures_.seconds.Add(served.duration);
  if (served.pattern != "/v1/auth/login") return;
  ++measures_.logins[std::to_underlying(ResultOf(served.status))];
}

}  // namespace chat::app
