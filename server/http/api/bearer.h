// The gate before every handler that needs to know who asks.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <string>

#include "protocol/limits.h"
#include "server/auth/authenticator.h"
#include "server/http/api/api_ports.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/router.h"
#include "server/ports/rate_limits.h"
#include "server/ports/sessions.h"
#include "server/runtime/asio.h"

namespace chat::http {

// Runs only for a caller whose session lives.
using CallerHandler =
    std::function<asio::awaitable<Response>(SessionOwner caller, Request request)>;

// Adds routes that answer 401 to who does not show a valid access token, 503 when that cannot be
// found out, 429 to who asks too often, and else go on with the caller.
//
// Thread: the shard's. Lifetime: needed only while adding; the ports outlive the routes.
class BearerRoutes {
 public:
  BearerRoutes(Router& router, const ApiPorts& ports)
      : router_(router), authenticator_(ports.authenticator), rate_limits_(ports.rate_limits) {}

  void Add(Method method, std::string pattern, CallerHandler handler,
           std::size_t body_bytes_max = kHttpBodyBytesMax);

 private:
  Router& router_;
  const auth::Authenticator& authenticator_;
  RateLimits& rate_limits_;
};

}  // namespace chat::http
