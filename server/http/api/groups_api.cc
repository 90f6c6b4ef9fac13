#include "server/http/api/groups_api.h"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "protocol/ids.h"
#include "protocol/limits.h"
#include "protocol/text.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/paging.h"
#include "server/http/api/refusals.h"
#include "server/http/api/user_ids.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/ports/completion.h"
#include "server/ports/conversations.h"
#include "server/ports/roles.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;
using Members = std::vector<Member>;

// Empty where the path names no conversation.
std::optional<GroupAct> ActOf(const SessionOwner& caller, const Request& request) {
  const auto conversation = request.CaptureAs<ConversationId>("conversation_id");
  if (!conversation) return std::nullopt;
  return GroupAct{.actor = caller.user_id, .conversation_id = *conversation};
}

v1::ListMembersResponse MakePage(const Members& members, int limit) {
  v1::ListMembersResponse answer;
  for (const Member& member : members) {
    if (answer.members_size() == limit) {
      const std::int64_t last = answer.members().rbegin()->user().user_id();
      answer.set_next_cursor(EncodeCursor({.kind = CursorKind::kMembers, .numbers = {last}}));
      break;
    }
    *answer.add_members() = ToWire(member);
  }
  return answer;
}

}  // namespace

void GroupsApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(
      Method::kPatch, "/v1/conversations/{conversation_id}",
      [this](SessionOwner caller, Request request) { return Rename(caller, std::move(request)); });
  routes.Add(
      Method::kGet, "/v1/conversations/{conversation_id}/members",
      [this](SessionOwner caller, Request request) { return List(caller, std::move(request)); });
  routes.Add(
      Method::kPost, "/v1/conversations/{conversation_id}/members",
      [this](SessionOwner caller, Request request) { return Add(caller, std::move(request)); });
  routes.Add(Method::kPatch, "/v1/conversations/{conversation_id}/members/{user_id}",
             [this](SessionOwner caller, Request request) {
               return ChangeRole(caller, std::move(request));
             });
  routes.Add(
      Method::kDelete, "/v1/conversations/{conversation_id}/members/{user_id}",
      [this](SessionOwner caller, Request request) { return Remove(caller, std::move(request)); });
}

asio::awaitable<Response> GroupsApi::Rename(SessionOwner caller, Request request) {
  const auto act = ActOf(caller, request);
  if (!act) co_return NotFound();
  auto body = JsonBody<v1::UpdateConversationRequest>(request);
  if (!body) co_return std::move(body.error());
  if (const auto checked = CheckGroupName(body->name()); !checked) {
    co_return ProblemResponse(checked.error());
  }
  const auto view = co_await Await<Result<ConversationView, GroupError>>(
      [&](auto done) { ports_.groups.Rename(*act, body->name(), std::move(done)); });
  if (!view) co_return RefuseGroup(view.error());
  v1::ConversationResponse answer;
  *answer.mutable_conversation() = ToWire(*view);
  co_return JsonResponse(Status::kOk, answer);
}

asio::awaitable<Response> GroupsApi::List(SessionOwner caller, Request request) {
  const auto act = ActOf(caller, request);
  if (!act) co_return NotFound();
  const auto limit = PageLimit(request);
  if (!limit) co_return ProblemResponse(limit.error());
  const auto cursor = PageCursor(request, {CursorKind::kMembers});
  if (!cursor) co_return ProblemResponse(cursor.error());

  // One more than is shown tells whether there is a next page.
  const MemberPageRequest page{.viewer = caller.user_id,
                               .conversation_id = act->conversation_id,
                               .after = *cursor ? UserId((*cursor)->numbers[0]) : UserId(),
                               .limit = *limit + 1};
  const auto members = co_await Await<Result<Members, ViewError>>(
      [&](auto done) { ports_.groups.ListMembers(page, std::move(done)); });
  if (!members) co_return RefuseView(members.error());
  co_return JsonResponse(Status::kOk, MakePage(*members, *limit));
}

asio::awaitable<Response> GroupsApi::Add(SessionOwner caller, Request request) {
  const auto act = ActOf(caller, request);
  if (!act) co_return NotFound();
  auto body = JsonBody<v1::AddMembersRequest>(request);
  if (!body) co_return std::move(body.error());
  auto users = ReadUserIds(std::span(body->user_ids().data(), body->user_ids().size()), "user_ids");
  if (!users) co_return ProblemResponse(users.error());
  if (users->empty()) {
    co_return Refuse(ErrorCode::kInvalidArgument, "\"user_ids\" has to name someone.");
  }
  const auto members = co_await Await<Result<Members, GroupError>>(
      [&](auto done) { ports_.groups.Add(*act, *std::move(users), std::move(done)); });
  if (!members) co_return RefuseGroup(members.error());
  v1::AddMembersResponse answer;
  for (const Member& member : *members) *answer.add_members() = ToWire(member);
  co_return JsonResponse(Status::kCreated, answer);
}

asio::awaitable<Response> GroupsApi::ChangeRole(SessionOwner caller, Request request) {
  const auto act = ActOf(caller, request);
  const auto subject = request.CaptureAs<UserId>("user_id");
  if (!act || !subject) co_return NotFound();
  auto body = JsonBody<v1::UpdateMemberRequest>(request);
  if (!body) co_return std::move(body.error());
  const std::optional<Role> role = RoleFromName(body->role());
  if (!role) {
    co_return Refuse(ErrorCode::kInvalidArgument, "\"role\" has to be owner, admin or member.");
  }
  const NewRole change{.subject = *subject, .role = *role};
  const auto member = co_await Await<Result<Member, GroupError>>(
      [&](auto done) { ports_.groups.ChangeRole(*act, change, std::move(done)); });
  if (!member) co_return RefuseGroup(member.error());
  v1::MemberResponse answer;
  *answer.mutable_member() = ToWire(*member);
  co_return JsonResponse(Status::kOk, answer);
}

asio::awaitable<Response> GroupsApi::Remove(SessionOwner caller, Request request) {
  const auto act = ActOf(caller, request);
  const auto subject = request.CaptureAs<UserId>("user_id");
  if (!act || !subject) co_return NotFound();
  const auto removed = co_await Await<Result<void, GroupError>>(
      [&](auto done) { ports_.groups.Remove(*act, *subject, std::move(done)); });
  if (!removed) co_return RefuseGroup(removed.error());
  co_return NoContent();
}

}  // namespace chat::http
