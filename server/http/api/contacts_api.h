// /v1/contacts: who knows whom, and who of them is online.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "server/http/api/api_ports.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/router.h"
#include "server/ports/completion.h"
#include "server/ports/contacts.h"
#include "server/ports/sessions.h"
#include "server/runtime/asio.h"

namespace chat::http {

// Thread: the shard's. Lifetime: longer than the router it added routes to serves requests.
class ContactsApi {
 public:
  explicit ContactsApi(const ApiPorts& ports) : ports_(ports) {}
  void AddRoutes(Router& router);

  // Also for the administrative API, which names the caller.
  asio::awaitable<Response> List(SessionOwner caller, Request request);

 private:
  asio::awaitable<Response> Add(SessionOwner caller, Request request);
  asio::awaitable<Response> Accept(SessionOwner caller, Request request);
  asio::awaitable<Response> Remove(SessionOwner caller, Request request);

  asio::awaitable<Result<UserId, ViewError>> FindTarget(const v1::AddContactRequest& body);
  v1::Contact Show(const Contact& contact) const;
  Response Answer(Status status, const Result<Contact, ContactError>& contact) const;

  ApiPorts ports_;
};

}  // namespace chat::http
