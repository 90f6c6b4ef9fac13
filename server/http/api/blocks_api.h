// /v1/blocks: whom one wants to hear nothing of.
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
class BlocksApi {
 public:
  explicit BlocksApi(const ApiPorts& ports) : ports_(ports) {}
  void AddRoutes(Router& router);

  // Also for the administrative API, which names the caller.
  asio::awaitable<Response> List(SessionOwner caller, Request request);

 private:
  asio::awaitable<Response> Block(SessionOwner caller, Request request);
  asio::awaitable<Response> Unblock(SessionOwner caller, Request request);

  ApiPorts ports_;
};

}  // namespace chat::http
