#include "server/http/admin/admin_api.h"

#include <cstdlib>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "protocol/errors.h"
#include "protocol/ids.h"
#include "protocol/text.h"
#include "server/core/wire.h"
#include "server/http/admin/admin.pb.h"
#include "server/http/admin/sent_messages.h"
#include "server/http/admin/trace_answer.h"
#include "server/http/api/refusals.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;
using FoundAccount = Result<Account, ViewError>;

Response AnswerWith(const FoundAccount& account) {
  if (!account) return RefuseView(account.error());
  admin::v1::AccountResponse answer;
  *answer.mutable_user() = ToWire(*account);
  answer.set_disabled(account->disabled);
  return JsonResponse(Status::kOk, answer);
}

SessionOwner ActingFor(const Account& account) {
  return {.session_id = {}, .user_id = account.user.user_id};
}

}  // namespace

// Adds routes behind the token.
struct AdminApi::Guarded {
  AdminApi& api;
  Router& router;

  void Add(Method method, std::string pattern, Handler handler) const {
    router.Add({.method = method,
                .pattern = std::move(pattern),
                .handler = [this_api = &api, handler = std::move(handler)](
                               Request request) -> asio::awaitable<Response> {
                  const std::optional<std::string_view> shown = request.bearer_token();
                  if (!shown || !this_api->ports_.token.Matches(*shown)) {
                    co_return Refuse(ErrorCode::kUnauthenticated, "The admin token is needed.");
                  }
                  co_return co_await handler(std::move(request));
                }});
  }

  void AddForUser(Method method, std::string pattern, AccountHandler handler) const {
    Add(method, std::move(pattern),
        [this_api = &api,
         handler = std::move(handler)](Request request) -> asio::awaitable<Response> {
          FoundAccount account = co_await this_api->FindUser(std::string(request.capture("user")));
          if (!account) co_return RefuseView(account.error());
          co_return co_await handler(*std::move(account), std::move(request));
        });
  }

  void AddActing(Method method, std::string pattern, CallerHandler handler) const {
    AddForUser(method, std::move(pattern),
               [handler = std::move(handler)](Account account, Request request) {
                 return handler(ActingFor(account), std::move(request));
               });
  }
};

AdminApi::AdminApi(AdminPorts ports)
    : ports_(std::move(ports)),
      auth_(ports_.api),
      sessions_(ports_.api),
      users_(ports_.api),
      contacts_(ports_.api),
      blocks_(ports_.api),
      conversations_(ports_.api) {}

void AdminApi::AddRoutes(Router& router) {
  const Guarded routes{*this, router};
  AddUserRoutes(routes);
  AddSessionRoutes(routes);
  AddExportRoutes(routes);
  routes.Add(Method::kPost, "/admin/keys/rotate", [this](Request) { return RotateKeys(); });
  routes.Add(Method::kGet, "/admin/messages/{message_id}",
             [this](Request request) { return Trace(std::move(request)); });
}

void AdminApi::AddUserRoutes(const Guarded& routes) {
  routes.Add(Method::kPost, "/admin/users",
             [this](Request request) { return auth_.Register(std::move(request)); });
  routes.AddForUser(Method::kGet, "/admin/users/{user}",
                    [](Account account, Request) -> asio::awaitable<Response> {
                      co_return AnswerWith(std::move(account));
                    });
  routes.AddForUser(Method::kPost, "/admin/users/{user}/disable",
                    [this](Account account, Request) { return SetDisabled(std::move(account)); });
  routes.AddForUser(Method::kPost, "/admin/users/{user}/enable",
                    [this](Account account, Request) { return SetEnabled(std::move(account)); });
  routes.AddForUser(Method::kPost, "/admin/users/{user}/password",
                    [this](Account account, Request request) {
                      return ResetPassword(std::move(account), std::move(request));
                    });
  routes.AddActing(Method::kDelete, "/admin/users/{user}",
                   [this](SessionOwner user, Request) { return users_.Erase(user); });
}

void AdminApi::AddSessionRoutes(const Guarded& routes) {
  routes.AddActing(Method::kGet, "/admin/users/{user}/sessions",
                   [this](SessionOwner user, Request request) {
                     return sessions_.List(user, std::move(request));
                   });
  routes.AddActing(Method::kDelete, "/admin/users/{user}/sessions/{session_id}",
                   [this](SessionOwner user, Request request) {
                     return sessions_.Revoke(user, std::move(request));
                   });
  routes.AddForUser(Method::kDelete, "/admin/users/{user}/sessions",
                    [this](Account account, Request) { return RevokeAll(std::move(account)); });
}

void AdminApi::AddExportRoutes(const Guarded& routes) {
  routes.AddActing(Method::kGet, "/admin/users/{user}/contacts",
                   [this](SessionOwner user, Request request) {
                     return contacts_.List(user, std::move(request));
                   });
  routes.AddActing(Method::kGet, "/admin/users/{user}/blocks",
                   [this](SessionOwner user, Request request) {
                     return blocks_.List(user, std::move(request));
                   });
  routes.AddActing(Method::kGet, "/admin/users/{user}/conversations",
                   [this](SessionOwner user, Request request) {
                     return conversations_.List(user, std::move(request));
                   });
  routes.AddForUser(
      Method::kGet, "/admin/users/{user}/messages", [this](Account account, Request request) {
        return ListSentMessages({.messages = ports_.api.messages, .inspection = ports_.inspection},
                                account.user.user_id, std::move(request));
      });
}

// A username has neither an @ nor a colon.
asio::awaitable<FoundAccount> AdminApi::FindUser(std::string reference) {
  constexpr std::string_view kIdMark = "id:";
  Accounts& accounts = ports_.api.accounts;
  if (reference.starts_with(kIdMark)) {
    const auto id = UserId::Parse(std::string_view(reference).substr(kIdMark.size()));
    if (!id) co_return std::unexpected(ViewError::kNotFound);
    co_return co_await Await<FoundAccount>(
        [&](auto done) { accounts.FindById(*id, std::move(done)); });
  }
  const bool is_email = reference.contains('@');
  auto name = is_email ? NormalizeEmail(reference) : NormalizeUsername(reference);
  if (!name) co_return std::unexpected(ViewError::kNotFound);
  co_return co_await Await<FoundAccount>([&](auto done) {
    if (is_email) {
      accounts.FindByEmail(*std::move(name), std::move(done));
    } else {
      accounts.FindByUsername(*std::move(name), std::move(done));
    }
  });
}

asio::awaitable<Response> AdminApi::ResetPassword(Account account, Request request) {
  auto body = JsonBody<admin::v1::ResetPasswordRequest>(request);
  if (!body) co_return std::move(body.error());
  if (const auto checked = CheckPassword(body->password()); !checked) {
    co_return ProblemResponse(checked.error());
  }
  auto hash = co_await Await<Result<std::string, auth::HashError>>([&](auto done) {
    ports_.api.hasher.Hash(body->password(), ports_.api.home, std::move(done));
  });
  if (!hash) co_return Unavailable();
  PasswordReset reset{.user_id = account.user.user_id, .new_hash = *std::move(hash)};
  co_return AnswerWith(co_await Await<FoundAccount>(
      [&](auto done) { ports_.api.accounts.ResetPassword(std::move(reset), std::move(done)); }));
}

asio::awaitable<Response> AdminApi::SetDisabled(Account account) {
  co_return AnswerWith(co_await Await<FoundAccount>(
      [&](auto done) { ports_.api.accounts.Disable(account.user.user_id, std::move(done)); }));
}

asio::awaitable<Response> AdminApi::SetEnabled(Account account) {
  co_return AnswerWith(co_await Await<FoundAccount>(
      [&](auto done) { ports_.api.accounts.Enable(account.user.user_id, std::move(done)); }));
}

asio::awaitable<Response> AdminApi::RevokeAll(Account account) {
  const auto revoked = co_await Await<Result<void, ReadError>>(
      [&](auto done) { ports_.api.sessions.RevokeOthers(ActingFor(account), std::move(done)); });
  if (!revoked) co_return Unavailable();
  co_return NoContent();
}

asio::awaitable<Response> AdminApi::RotateKeys() {
  const auto rotated = co_await Await<Result<std::uint32_t, auth::KeyringError>>(
      [&](auto done) { ports_.rotate_keys(std::move(done)); });
  if (!rotated && rotated.error() == auth::KeyringError::kUnavailable) co_return Unavailable();
  if (!rotated) co_return Refuse(ErrorCode::kInternal, std::string(Explain(rotated.error())));
  admin::v1::RotateKeysResponse answer;
  answer.set_key_id(*rotated);
  co_return JsonResponse(Status::kOk, answer);
}

asio::awaitable<Response> AdminApi::Trace(Request request) {
  const auto message = request.CaptureAs<MessageId>("message_id");
  if (!message) co_return NotFound();
  const auto trace = co_await Await<Result<MessageTrace, ViewError>>([&](auto done) {
    ports_.inspection.Trace({.message = *message, .members_max = kTracedMembersMax + 1},
                            std::move(done));
  });
  if (!trace) co_return RefuseView(trace.error());
  co_return JsonResponse(Status::kOk, MakeTraceAnswer(*trace, ports_.api.is_online));
}

}  // namespace chat::http
