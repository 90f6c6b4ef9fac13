#include "server/http/api/sessions_api.h"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/http/api/bearer.h"
#include "server/http/api/paging.h"
#include "server/http/api/refusals.h"
#include "server/http/problem.h"
#include "server/ports/completion.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;
using StoredSessions = std::vector<StoredSession>;

v1::Session Show(const StoredSession& session, const SessionOwner& caller) {
  v1::Session shown;
  shown.set_session_id(session.session_id.number());
  shown.set_device_name(session.device_name);
  *shown.mutable_created_at() = ToProtoTimestamp(session.created_at);
  *shown.mutable_last_used_at() = ToProtoTimestamp(session.last_used_at);
  shown.set_current(session.session_id == caller.session_id);
  return shown;
}

v1::ListSessionsResponse MakePage(const StoredSessions& sessions, const SessionOwner& caller,
                                  int limit) {
  v1::ListSessionsResponse answer;
  for (const StoredSession& session : sessions) {
    if (answer.sessions_size() == limit) {
      const std::int64_t last = answer.sessions().rbegin()->session_id();
      answer.set_next_cursor(EncodeCursor({.kind = CursorKind::kSessions, .numbers = {last}}));
      break;
    }
    *answer.add_sessions() = Show(session, caller);
  }
  return answer;
}

}  // namespace

void SessionsApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(Method::kGet, "/v1/auth/sessions", [this](SessionOwner caller, Request request) {
    return List(caller, std::move(request));
  });
  routes.Add(Method::kDelete, "/v1/auth/sessions", [this](SessionOwner caller, Request request) {
    return RevokeOthers(caller, std::move(request));
  });
  routes.Add(
      Method::kDelete, "/v1/auth/sessions/{session_id}",
      [this](SessionOwner caller, Request request) { return Revoke(caller, std::move(request)); });
}

asio::awaitable<Response> SessionsApi::List(SessionOwner caller, Request request) {
  const auto limit = PageLimit(request);
  if (!limit) co_return ProblemResponse(limit.error());
  const auto cursor = PageCursor(request, {CursorKind::kSessions});
  if (!cursor) co_return ProblemResponse(cursor.error());

  // One more than is shown tells whether there is a next page.
  const SessionPageRequest page{.user = caller.user_id,
                                .after = *cursor ? SessionId((*cursor)->numbers[0]) : SessionId(),
                                .limit = *limit + 1};
  const auto sessions = co_await Await<Result<StoredSessions, ReadError>>(
      [&](auto done) { ports_.sessions.List(page, std::move(done)); });
  if (!sessions) co_return Unavailable();
  co_return JsonResponse(Status::kOk, MakePage(*sessions, caller, *limit));
}

asio::awaitable<Response> SessionsApi::Revoke(SessionOwner caller, Request request) {
  const auto session = request.CaptureAs<SessionId>("session_id");
  if (!session) co_return NotFound();
  const SessionOwner revoked{.session_id = *session, .user_id = caller.user_id};
  const auto answer = co_await Await<Result<void, ViewError>>(
      [&](auto done) { ports_.sessions.Revoke(revoked, std::move(done)); });
  if (!answer) co_return RefuseView(answer.error());
  co_return NoContent();
}

// What it keeps has to be said, so that no client ends all sessions by leaving an id away.
asio::awaitable<Response> SessionsApi::RevokeOthers(SessionOwner caller, Request request) {
  if (request.query("except") != "current") {
    co_return Refuse(ErrorCode::kInvalidArgument, "\"except\" has to be \"current\".");
  }
  const auto answer = co_await Await<Result<void, ReadError>>(
      [&](auto done) { ports_.sessions.RevokeOthers(caller, std::move(done)); });
  if (!answer) co_return Unavailable();
  co_return NoContent();
}

}  // namespace chat::http
