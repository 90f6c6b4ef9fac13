#include "server/http/api/blocks_api.h"

#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "protocol/ids.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/paging.h"
#include "server/http/api/refusals.h"
#include "server/http/problem.h"
#include "server/ports/blocks.h"
#include "server/ports/completion.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;
using BlockAnswer = Result<void, BlockError>;

Response AnswerWith(const BlockAnswer& answer) {
  if (answer) return NoContent();
  switch (answer.error()) {
    case BlockError::kNotFound:
      return NotFound();
    case BlockError::kCannotBlockSelf:
      return Refuse(ErrorCode::kInvalidArgument, "You cannot block yourself.");
    case BlockError::kUnavailable:
      return Unavailable();
  }
  std::abort();
}

v1::ListBlocksResponse MakePage(const std::vector<User>& blocked, int limit) {
  v1::ListBlocksResponse answer;
  for (const User& user : blocked) {
    if (answer.blocks_size() == limit) {
      const std::int64_t last = answer.blocks().rbegin()->user().user_id();
      answer.set_next_cursor(EncodeCursor({.kind = CursorKind::kBlocks, .numbers = {last}}));
      break;
    }
    *answer.add_blocks()->mutable_user() = ToWire(user);
  }
  return answer;
}

}  // namespace

void BlocksApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(Method::kGet, "/v1/blocks", [this](SessionOwner caller, Request request) {
    return List(caller, std::move(request));
  });
  routes.Add(Method::kPut, "/v1/blocks/{user_id}", [this](SessionOwner caller, Request request) {
    return Block(caller, std::move(request));
  });
  routes.Add(Method::kDelete, "/v1/blocks/{user_id}", [this](SessionOwner caller, Request request) {
    return Unblock(caller, std::move(request));
  });
}

asio::awaitable<Response> BlocksApi::List(SessionOwner caller, Request request) {
  const auto limit = PageLimit(request);
  if (!limit) co_return ProblemResponse(limit.error());
  const auto cursor = PageCursor(request, {CursorKind::kBlocks});
  if (!cursor) co_return ProblemResponse(cursor.error());

  // One more than is shown tells whether there is a next page.
  const BlockPageRequest page{.blocker = caller.user_id,
                              .after = *cursor ? UserId((*cursor)->numbers[0]) : UserId(),
                              .limit = *limit + 1};
  const auto blocked = co_await Await<Result<std::vector<User>, ReadError>>(
      [&](auto done) { ports_.blocks.List(page, std::move(done)); });
  if (!blocked) co_return Unavailable();
  co_return JsonResponse(Status::kOk, MakePage(*blocked, *limit));
}

asio::awaitable<Response> BlocksApi::Block(SessionOwner caller, Request request) {
  const auto blocked = request.CaptureAs<UserId>("user_id");
  if (!blocked) co_return NotFound();
  co_return AnswerWith(co_await Await<BlockAnswer>(
      [&](auto done) { ports_.blocks.Block(caller.user_id, *blocked, std::move(done)); }));
}

asio::awaitable<Response> BlocksApi::Unblock(SessionOwner caller, Request request) {
  const auto blocked = request.CaptureAs<UserId>("user_id");
  if (!blocked) co_return NotFound();
  co_return AnswerWith(co_await Await<BlockAnswer>(
      [&](auto done) { ports_.blocks.Unblock(caller.user_id, *blocked, std::move(done)); }));
}

}  // namespace chat::http
