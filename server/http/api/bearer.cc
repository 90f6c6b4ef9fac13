#include "server/http/api/bearer.h"

#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "server/http/api/refusals.h"
#include "server/http/rate_key.h"
#include "server/ports/completion.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using Caller = Result<SessionOwner, auth::AuthError>;

Response RefuseCaller(auth::AuthError error) {
  switch (error) {
    case auth::AuthError::kUnauthenticated:
      return Unauthenticated();
    case auth::AuthError::kUnavailable:
      return Unavailable();
  }
  std::abort();
}

// What guards a handler. Lifetime: all outlive the handler.
struct Gate {
  const auth::Authenticator& authenticator;
  RateLimits& rate_limits;

  // Who has shown nothing is an address only.
  Response RefuseStranger(const Request& request, auth::AuthError error) const {
    const RateKey address = AddressKey(RateOperation::kOther, request.client_address());
    if (const RateWait wait = rate_limits.TryTake(address)) return TooOften(*wait);
    return RefuseCaller(error);
  }
};

Handler RequireBearer(Gate gate, CallerHandler handler) {
  return [gate, handler = std::move(handler)](Request request) -> asio::awaitable<Response> {
    const std::optional<std::string_view> token = request.bearer_token();
    if (!token) co_return gate.RefuseStranger(request, auth::AuthError::kUnauthenticated);
    const Caller caller = co_await runtime::Await<Caller>(
        [&](auto done) { gate.authenticator.CheckAccessToken(*token, std::move(done)); });
    if (!caller) co_return gate.RefuseStranger(request, caller.error());
    const RateKey user = RateKey::OfUser(RateOperation::kOther, caller->user_id);
    if (const RateWait wait = gate.rate_limits.TryTake(user)) co_return TooOften(*wait);
    co_return co_await handler(*caller, std::move(request));
  };
}

}  // namespace

void BearerRoutes::Add(Method method, std::string pattern, CallerHandler handler,
                       std::size_t body_bytes_max) {
  router_.Add({.method = method,
               .pattern = std::move(pattern),
               .handler = RequireBearer({authenticator_, rate_limits_}, std::move(handler)),
               .body_bytes_max = body_bytes_max});
}

}  // namespace chat::http
