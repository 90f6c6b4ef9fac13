// /v1/search: what was said in one's own conversations, by words.
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
class SearchApi {
 public:
  explicit SearchApi(const ApiPorts& ports) : ports_(ports) {}
  void AddRoutes(Router& router);

 private:
  asio::awaitable<Response> Find(SessionOwner caller, Request request);

  ApiPorts ports_;
};

}  // namespace chat::http
