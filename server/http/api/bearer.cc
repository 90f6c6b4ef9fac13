#include "server/http/api/bearer.h"

#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "server/http/api/refusals.h"
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

// Lifetime: `authenticator` outlives the handler.
Handler RequireBearer(const auth::Authenticator& authenticator, CallerHandler handler) {
  return
      [&authenticator, handler = std::move(handler)](Request request) -> asio::awaitable<Response> {
        const std::optional<std::string_view> token = request.bearer_token();
        if (!token) co_return Unauthenticated();
        const Caller caller = co_await runtime::Await<Caller>(
            [&](auto done) { authenticator.CheckAccessToken(*token, std::move(done)); });
        if (!caller) co_return RefuseCaller(caller.error());
        co_return co_await handler(*caller, std::move(request));
      };
}

}  // namespace

void BearerRoutes::Add(Method method, std::string pattern, CallerHandler handler) {
  router_.Add({.method = method,
               .pattern = std::move(pattern),
               .handler = RequireBearer(authenticator_, std::move(handler))});
}

}  // namespace chat::http
