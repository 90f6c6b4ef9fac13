// What members keep of a conversation: who has read an entry, and the caller's own settings.
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
class MarksApi {
 public:
  explicit MarksApi(const ApiPorts& ports) : ports_(ports) {}
  void AddRoutes(Router& router);

 private:
  asio::awaitable<Response> ListReaders(SessionOwner caller, Request request);
  asio::awaitable<Response> Set(SessionOwner caller, Request request);

  ApiPorts ports_;
};

}  // namespace chat::http
