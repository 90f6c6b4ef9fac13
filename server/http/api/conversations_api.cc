#include "server/http/api/conversations_api.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "protocol/ids.h"
#include "protocol/text.h"
#include "protocol/timestamp.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/paging.h"
#include "server/http/api/refusals.h"
#include "server/http/api/user_ids.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/ports/completion.h"
#include "server/ports/conversations.h"
#include "server/ports/groups.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;
using Views = Result<std::vector<ConversationView>, ReadError>;

std::string CursorAfter(const ConversationView& view) {
  const std::int64_t time_ms = view.last_activity_at.time_since_epoch().count();
  return EncodeCursor({.kind = CursorKind::kConversations,
                       .numbers = {time_ms, view.conversation.conversation_id.number()}});
}

std::optional<ConversationCursor> ReadCursor(const std::optional<Cursor>& cursor) {
  if (!cursor) return std::nullopt;
  return ConversationCursor{
      .last_activity_at = UnixTime(std::chrono::milliseconds(cursor->numbers[0])),
      .conversation_id = ConversationId(cursor->numbers[1])};
}

v1::ListConversationsResponse MakePage(const std::vector<ConversationView>& views, int limit) {
  v1::ListConversationsResponse answer;
  PageBudget budget;
  for (std::size_t i = 0; i < views.size(); ++i) {
    v1::Conversation conversation = ToWire(views[i]);
    if (answer.conversations_size() == limit || !budget.Take(conversation)) {
      answer.set_next_cursor(CursorAfter(views[i - 1]));
      break;
    }
    *answer.add_conversations() = std::move(conversation);
  }
  return answer;
}

Response RefuseOpening(OpenConversationError error) {
  switch (error) {
    case OpenConversationError::kNotContacts:
      return Refuse(ErrorCode::kNotContacts, "\"user_id\" has to name one of your contacts.");
    case OpenConversationError::kUnavailable:
      return Unavailable();
  }
  std::abort();
}

Response AnswerWith(Status status, const ConversationView& view) {
  v1::ConversationResponse answer;
  *answer.mutable_conversation() = ToWire(view);
  return JsonResponse(status, answer);
}

}  // namespace

void ConversationsApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(Method::kGet, "/v1/conversations", [this](SessionOwner caller, Request request) {
    return List(caller, std::move(request));
  });
  routes.Add(Method::kPost, "/v1/conversations", [this](SessionOwner caller, Request request) {
    return Open(caller, std::move(request));
  });
  routes.Add(
      Method::kGet, "/v1/conversations/{conversation_id}",
      [this](SessionOwner caller, Request request) { return Show(caller, std::move(request)); });
}

asio::awaitable<Response> ConversationsApi::List(SessionOwner caller, Request request) {
  const auto limit = PageLimit(request);
  if (!limit) co_return ProblemResponse(limit.error());
  const auto cursor = PageCursor(request, {CursorKind::kConversations});
  if (!cursor) co_return ProblemResponse(cursor.error());

  // One more than is shown tells whether there is a next page.
  const ConversationPageRequest page{
      .viewer = caller.user_id, .after = ReadCursor(*cursor), .limit = *limit + 1};
  const Views views =
      co_await Await<Views>([&](auto done) { ports_.conversations.List(page, std::move(done)); });
  if (!views) co_return Unavailable();
  co_return JsonResponse(Status::kOk, MakePage(*views, *limit));
}

asio::awaitable<Response> ConversationsApi::Open(SessionOwner caller, Request request) {
  auto body = JsonBody<v1::CreateConversationRequest>(request);
  if (!body) co_return std::move(body.error());
  if (body->kind() == ToWire(ConversationKind::kDirect))
    co_return co_await OpenDirect(caller, *body);
  if (body->kind() == ToWire(ConversationKind::kGroup))
    co_return co_await CreateGroup(caller, *body);
  co_return Refuse(ErrorCode::kInvalidArgument, "\"kind\" has to be direct or group.");
}

asio::awaitable<Response> ConversationsApi::OpenDirect(SessionOwner caller,
                                                       const v1::CreateConversationRequest& body) {
  if (!body.has_user_id()) {
    co_return Refuse(ErrorCode::kInvalidArgument, "\"user_id\" has to be given.");
  }
  const UserId peer(body.user_id());
  const auto opened = co_await Await<Result<OpenedConversation, OpenConversationError>>(
      [&](auto done) { ports_.conversations.OpenDirect(caller.user_id, peer, std::move(done)); });
  if (!opened) co_return RefuseOpening(opened.error());
  co_return AnswerWith(opened->created ? Status::kCreated : Status::kOk, opened->view);
}

asio::awaitable<Response> ConversationsApi::CreateGroup(SessionOwner caller,
                                                        const v1::CreateConversationRequest& body) {
  if (const auto checked = CheckGroupName(body.name()); !checked) {
    co_return ProblemResponse(checked.error());
  }
  auto members =
      ReadUserIds(std::span(body.member_ids().data(), body.member_ids().size()), "member_ids");
  if (!members) co_return ProblemResponse(members.error());
  NewGroup group{.creator = caller.user_id, .name = body.name(), .member_ids = *std::move(members)};
  const auto view = co_await Await<Result<ConversationView, GroupError>>(
      [&](auto done) { ports_.groups.Create(std::move(group), std::move(done)); });
  if (!view) co_return RefuseGroup(view.error());
  co_return AnswerWith(Status::kCreated, *view);
}

asio::awaitable<Response> ConversationsApi::Show(SessionOwner caller, Request request) {
  const auto conversation = request.CaptureAs<ConversationId>("conversation_id");
  if (!conversation) co_return NotFound();
  const auto view = co_await Await<Result<ConversationView, ViewError>>([&](auto done) {
    ports_.conversations.Find(caller.user_id, *conversation, std::move(done));
  });
  if (!view) co_return RefuseView(view.error());
  co_return AnswerWith(Status::kOk, *view);
}

}  // namespace chat::http
