// /v1/auth: making an account, logging in, staying logged in, logging out.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "protocol/chat.pb.h"
#include "server/auth/password_hasher.h"
#include "server/http/api/api_ports.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/router.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"
#include "server/ports/rate_limits.h"
#include "server/ports/sessions.h"
#include "server/runtime/asio.h"

namespace chat::http {

// Thread: the shard's. Lifetime: longer than the router it added routes to serves requests.
class AuthApi {
 public:
  explicit AuthApi(const ApiPorts& ports) : ports_(ports) {}
  void AddRoutes(Router& router);

  // Also for the administrative API.
  asio::awaitable<Response> Register(Request request);

 private:
  using FoundAccount = Result<Account, ViewError>;

  asio::awaitable<Response> LogIn(Request request);
  asio::awaitable<Response> Refresh(Request request);
  asio::awaitable<Response> IssueTicket(SessionOwner caller);
  asio::awaitable<Response> LogOut(SessionOwner caller);
  asio::awaitable<Response> ChangePassword(SessionOwner caller, Request request);

  // The refusal of what comes too often.
  asio::awaitable<std::optional<Response>> Limit(RateKey key);

  asio::awaitable<FoundAccount> FindAccount(const v1::LoginRequest& login);
  asio::awaitable<Response> OpenSession(const Account& account, std::string device_name);
  asio::awaitable<Result<std::string, auth::HashError>> HashPassword(std::string password);
  asio::awaitable<Result<auth::PasswordMatch, auth::HashError>> VerifyPassword(
      std::string password, std::optional<std::string> hash);

  ApiPorts ports_;
};

}  // namespace chat::http
