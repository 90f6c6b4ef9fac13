// /v1/conversations/{conversation_id} where it is changed, and /members: groups and who is in them.
// Opening any conversation is ConversationsApi's.
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
class GroupsApi {
 public:
  explicit GroupsApi(const ApiPorts& ports) : ports_(ports) {}
  void AddRoutes(Router& router);

 private:
  asio::awaitable<Response> Rename(SessionOwner caller, Request request);
  asio::awaitable<Response> List(SessionOwner caller, Request request);
  asio::awaitable<Response> Add(SessionOwner caller, Request request);
  asio::awaitable<Response> ChangeRole(SessionOwner caller, Request request);
  asio::awaitable<Response> Remove(SessionOwner caller, Request request);

  ApiPorts ports_;
};

}  // namespace chat::http
