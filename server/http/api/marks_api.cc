#include "server/http/api/marks_api.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/paging.h"
#include "server/http/api/refusals.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/ports/completion.h"
#include "server/ports/marks.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;

v1::ListReadersResponse MakePage(const std::vector<Reader>& readers, int limit) {
  v1::ListReadersResponse answer;
  for (const Reader& reader : readers) {
    if (answer.readers_size() == limit) {
      const std::int64_t last = answer.readers().rbegin()->user().user_id();
      answer.set_next_cursor(EncodeCursor({.kind = CursorKind::kReaders, .numbers = {last}}));
      break;
    }
    v1::Reader& wire = *answer.add_readers();
    *wire.mutable_user() = ToWire(reader.user);
    wire.set_read_seq(reader.read_seq.number());
  }
  return answer;
}

}  // namespace

void MarksApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(Method::kGet, "/v1/conversations/{conversation_id}/messages/{seq}/readers",
             [this](SessionOwner caller, Request request) {
               return ListReaders(caller, std::move(request));
             });
  routes.Add(
      Method::kPut, "/v1/conversations/{conversation_id}/me",
      [this](SessionOwner caller, Request request) { return Set(caller, std::move(request)); });
}

asio::awaitable<Response> MarksApi::ListReaders(SessionOwner caller, Request request) {
  const auto conversation = request.CaptureAs<ConversationId>("conversation_id");
  const auto seq = request.CaptureAs<Seq>("seq");
  if (!conversation || !seq) co_return NotFound();
  const auto limit = PageLimit(request);
  if (!limit) co_return ProblemResponse(limit.error());
  const auto cursor = PageCursor(request, {CursorKind::kReaders});
  if (!cursor) co_return ProblemResponse(cursor.error());

  // One more than is shown tells whether there is a next page.
  const ReaderPageRequest page{.viewer = caller.user_id,
                               .conversation_id = *conversation,
                               .seq = *seq,
                               .after = *cursor ? UserId((*cursor)->numbers[0]) : UserId(),
                               .limit = *limit + 1};
  const auto readers = co_await Await<Result<std::vector<Reader>, ViewError>>(
      [&](auto done) { ports_.marks.ListReaders(page, std::move(done)); });
  if (!readers) co_return RefuseView(readers.error());
  co_return JsonResponse(Status::kOk, MakePage(*readers, *limit));
}

asio::awaitable<Response> MarksApi::Set(SessionOwner caller, Request request) {
  const auto conversation = request.CaptureAs<ConversationId>("conversation_id");
  if (!conversation) co_return NotFound();
  auto body = JsonBody<v1::ConversationSettingsRequest>(request);
  if (!body) co_return std::move(body.error());
  MemberSettings settings{.user_id = caller.user_id,
                          .conversation_id = *conversation,
                          .muted_until = {},
                          .archived = body->archived()};
  if (body->has_muted_until()) {
    settings.muted_until = FromProtoTimestamp(body->muted_until());
    if (!settings.muted_until) {
      co_return Refuse(ErrorCode::kInvalidArgument, "\"muted_until\" is no time.");
    }
  }
  const auto view = co_await Await<Result<ConversationView, ViewError>>(
      [&](auto done) { ports_.marks.Set(settings, std::move(done)); });
  if (!view) co_return RefuseView(view.error());
  v1::ConversationResponse answer;
  *answer.mutable_conversation() = ToWire(*view);
  co_return JsonResponse(Status::kOk, answer);
}

}  // namespace chat::http
