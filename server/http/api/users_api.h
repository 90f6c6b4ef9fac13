// /v1/users: oneself, and others by exact id or name.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "server/http/api/api_ports.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/router.h"
#include "server/ports/sessions.h"
#include "server/runtime/asio.h"

namespace chat::http {

// Thread: the shard's. Lifetime: longer than the router it added routes to serves requests.
class UsersApi {
 public:
  explicit UsersApi(const ApiPorts& ports) : ports_(ports) {}
  void AddRoutes(Router& router);

  // Also for the administrative API, which names the caller.
  asio::awaitable<Response> Erase(SessionOwner caller);

 private:
  asio::awaitable<Response> ShowMe(SessionOwner caller);
  asio::awaitable<Response> UpdateMe(SessionOwner caller, Request request);
  asio::awaitable<Response> ShowById(Request request);
  asio::awaitable<Response> ShowByName(Request request);

  ApiPorts ports_;
};

}  // namespace chat::http
