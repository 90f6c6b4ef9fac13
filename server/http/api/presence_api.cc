#include "server/http/api/presence_api.h"

#include <expected>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/refusals.h"
#include "server/http/problem.h"
#include "server/ports/completion.h"
#include "server/ports/presence_records.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;

std::unexpected<Refusal> Invalid(std::string detail) {
  return std::unexpected(Refusal{ErrorCode::kInvalidArgument, std::move(detail), std::nullopt});
}

// `user_ids` of the query: decimal numbers with commas between them.
std::expected<std::vector<UserId>, Refusal> QueryUserIds(const Request& request) {
  const std::optional<std::string_view> text = request.query("user_ids");
  if (!text || text->empty()) return Invalid("\"user_ids\" has to be given.");
  std::vector<UserId> users;
  for (const auto part : std::views::split(*text, ',')) {
    const auto user = UserId::Parse(std::string_view(part.begin(), part.end()));
    if (!user) return Invalid("\"user_ids\" has to be ids with commas between them.");
    if (users.size() == kRequestIdsMax) {
      return Invalid("\"user_ids\" has more than " + std::to_string(kRequestIdsMax) + " ids.");
    }
    users.push_back(*user);
  }
  return users;
}

}  // namespace

void PresenceApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(Method::kGet, "/v1/presence", [this](SessionOwner caller, Request request) {
    return Show(caller, std::move(request));
  });
}

// Who may not be seen is left out, like who does not exist.
asio::awaitable<Response> PresenceApi::Show(SessionOwner caller, Request request) {
  auto users = QueryUserIds(request);
  if (!users) co_return ProblemResponse(users.error());
  const auto visible = co_await Await<Result<std::vector<LastSeen>, ReadError>>([&](auto done) {
    ports_.presence_records.FindVisible(caller.user_id, *std::move(users), std::move(done));
  });
  if (!visible) co_return Unavailable();
  v1::PresenceResponse answer;
  for (const LastSeen& seen : *visible) {
    *answer.add_users() =
        ToWire(seen, ports_.is_online(seen.user_id) ? OnlineState::kOnline : OnlineState::kOffline);
  }
  co_return JsonResponse(Status::kOk, answer);
}

}  // namespace chat::http
