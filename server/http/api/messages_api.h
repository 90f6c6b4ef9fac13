// /v1/conversations/{conversation_id}/messages/{seq}: one message, after it was sent.
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
class MessagesApi {
 public:
  explicit MessagesApi(const ApiPorts& ports) : ports_(ports) {}
  void AddRoutes(Router& router);

 private:
  asio::awaitable<Response> Edit(SessionOwner caller, Request request);
  asio::awaitable<Response> Delete(SessionOwner caller, Request request);
  asio::awaitable<Response> Show(UserId viewer, ConversationId conversation, Seq seq);

  ApiPorts ports_;
};

}  // namespace chat::http
