// /v1/conversations: which ones the caller has, opening one, and looking at one. What was said in
// them is HistoryApi's, changing them GroupsApi's.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "protocol/chat.pb.h"
#include "server/http/api/api_ports.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/router.h"
#include "server/ports/sessions.h"
#include "server/runtime/asio.h"

namespace chat::http {

// Thread: the shard's. Lifetime: longer than the router it added routes to serves requests.
class ConversationsApi {
 public:
  explicit ConversationsApi(const ApiPorts& ports) : ports_(ports) {}
  void AddRoutes(Router& router);

  // Also for the administrative API, which names the caller.
  asio::awaitable<Response> List(SessionOwner caller, Request request);

 private:
  asio::awaitable<Response> Open(SessionOwner caller, Request request);
  asio::awaitable<Response> OpenDirect(SessionOwner caller,
                                       const v1::CreateConversationRequest& body);
  asio::awaitable<Response> CreateGroup(SessionOwner caller,
                                        const v1::CreateConversationRequest& body);
  asio::awaitable<Response> Show(SessionOwner caller, Request request);

  ApiPorts ports_;
};

}  // namespace chat::http
