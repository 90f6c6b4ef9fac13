// The routes under /admin, for whoever shows the admin token: what chatctl asks of a running
// server. They act through the ports that the public API uses, so that all nodes hear of their
// effects.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "server/auth/admin_token.h"
#include "server/auth/keyring.h"
#include "server/http/api/api_ports.h"
#include "server/http/api/auth_api.h"
#include "server/http/api/blocks_api.h"
#include "server/http/api/contacts_api.h"
#include "server/http/api/conversations_api.h"
#include "server/http/api/sessions_api.h"
#include "server/http/api/users_api.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/router.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"
#include "server/ports/inspection.h"
#include "server/runtime/asio.h"

namespace chat::http {

struct AdminPorts {
  ApiPorts api;
  Inspection& inspection;
  auth::AdminToken token;
  // Makes a new signing key and answers with its number.
  std::function<void(Completion<std::uint32_t, auth::KeyringError>)> rotate_keys;
};

// Every route answers 401 to who does not show the token. `{user}` is a username, an e-mail address
// or id:<user_id>.
//
// Thread: the shard's. Lifetime: longer than the router it added routes to serves requests.
class AdminApi {
 public:
  explicit AdminApi(AdminPorts ports);
  void AddRoutes(Router& router);

 private:
  // Runs for a user that exists.
  using AccountHandler = std::function<asio::awaitable<Response>(Account account, Request request)>;
  // As the public API has it, for whom it is called.
  using CallerHandler =
      std::function<asio::awaitable<Response>(SessionOwner caller, Request request)>;

  struct Guarded;

  void AddUserRoutes(const Guarded& routes);
  void AddSessionRoutes(const Guarded& routes);
  void AddExportRoutes(const Guarded& routes);

  asio::awaitable<Result<Account, ViewError>> FindUser(std::string reference);
  asio::awaitable<Response> ResetPassword(Account account, Request request);
  asio::awaitable<Response> SetDisabled(Account account);
  asio::awaitable<Response> SetEnabled(Account account);
  asio::awaitable<Response> RevokeAll(Account account);
  asio::awaitable<Response> RotateKeys();
  asio::awaitable<Response> Trace(Request request);

  AdminPorts ports_;
  AuthApi auth_;
  SessionsApi sessions_;
  UsersApi users_;
  ContactsApi contacts_;
  BlocksApi blocks_;
  ConversationsApi conversations_;
};

}  // namespace chat::http
