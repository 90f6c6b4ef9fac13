#include "server/http/api/users_api.h"

#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "protocol/ids.h"
#include "protocol/text.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/refusals.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;
using FoundAccount = Result<Account, ViewError>;

Response AnswerWith(v1::User user) {
  v1::UserResponse answer;
  *answer.mutable_user() = std::move(user);
  return JsonResponse(Status::kOk, answer);
}

Response ShowToOthers(const FoundAccount& account) {
  return account ? AnswerWith(ToWire(account->user)) : RefuseView(account.error());
}

}  // namespace

void UsersApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(Method::kGet, "/v1/users/me",
             [this](SessionOwner caller, Request) { return ShowMe(caller); });
  routes.Add(Method::kPatch, "/v1/users/me", [this](SessionOwner caller, Request request) {
    return UpdateMe(caller, std::move(request));
  });
  routes.Add(Method::kDelete, "/v1/users/me",
             [this](SessionOwner caller, Request) { return Erase(caller); });
  routes.Add(Method::kGet, "/v1/users/{user_id}",
             [this](SessionOwner, Request request) { return ShowById(std::move(request)); });
  routes.Add(Method::kGet, "/v1/users",
             [this](SessionOwner, Request request) { return ShowByName(std::move(request)); });
}

asio::awaitable<Response> UsersApi::ShowMe(SessionOwner caller) {
  const auto account = co_await Await<FoundAccount>(
      [&](auto done) { ports_.accounts.FindById(caller.user_id, std::move(done)); });
  if (!account) co_return RefuseView(account.error());
  co_return AnswerWith(ToWire(*account));
}

// What is absent stays as it is.
asio::awaitable<Response> UsersApi::UpdateMe(SessionOwner caller, Request request) {
  auto body = JsonBody<v1::UpdateUserRequest>(request);
  if (!body) co_return std::move(body.error());
  if (!body->has_display_name()) co_return co_await ShowMe(caller);
  if (const auto checked = CheckDisplayName(body->display_name()); !checked) {
    co_return ProblemResponse(checked.error());
  }
  const auto account = co_await Await<FoundAccount>([&](auto done) {
    ports_.accounts.SetDisplayName(caller.user_id, body->display_name(), std::move(done));
  });
  if (!account) co_return RefuseView(account.error());
  co_return AnswerWith(ToWire(*account));
}

// Each step commits. One that fails leaves an account with fewer contacts, which may try again.
asio::awaitable<Response> UsersApi::Erase(SessionOwner caller) {
  Erasure erasure = Erasure::kMore;
  while (erasure == Erasure::kMore) {
    const auto step = co_await Await<Result<Erasure, ViewError>>(
        [&](auto done) { ports_.accounts.Erase(caller.user_id, std::move(done)); });
    if (!step) co_return RefuseView(step.error());
    erasure = *step;
  }
  co_return NoContent();
}

asio::awaitable<Response> UsersApi::ShowById(Request request) {
  const auto user = request.CaptureAs<UserId>("user_id");
  if (!user) co_return NotFound();
  co_return ShowToOthers(co_await Await<FoundAccount>(
      [&](auto done) { ports_.accounts.FindById(*user, std::move(done)); }));
}

asio::awaitable<Response> UsersApi::ShowByName(Request request) {
  const std::optional<std::string_view> text = request.query("username");
  if (!text) co_return Refuse(ErrorCode::kInvalidArgument, "\"username\" has to be given.");
  auto username = NormalizeUsername(*text);
  if (!username) co_return NotFound();
  co_return ShowToOthers(co_await Await<FoundAccount>(
      [&](auto done) { ports_.accounts.FindByUsername(*std::move(username), std::move(done)); }));
}

}  // namespace chat::http
