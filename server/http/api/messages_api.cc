#include "server/http/api/messages_api.h"

#include <string>
#include <string_view>
#include <utility>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "protocol/limits.h"
#include "protocol/text.h"
#include "server/core/change_refusals.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/refusals.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using Changed = Result<EntryChanged, ChangeError>;
using Page = Result<EntryPage, ViewError>;

constexpr std::string_view kMessage = "/v1/conversations/{conversation_id}/messages/{seq}";

}  // namespace

void MessagesApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(
      Method::kPatch, std::string(kMessage),
      [this](SessionOwner caller, Request request) { return Edit(caller, std::move(request)); },
      kHttpMessageBodyBytesMax);
  routes.Add(Method::kDelete, std::string(kMessage), [this](SessionOwner caller, Request request) {
    return Delete(caller, std::move(request));
  });
}

asio::awaitable<Response> MessagesApi::Edit(SessionOwner caller, Request request) {
  const auto conversation = request.CaptureAs<ConversationId>("conversation_id");
  const auto seq = request.CaptureAs<Seq>("seq");
  if (!conversation || !seq) co_return NotFound();
  auto body = JsonBody<v1::EditMessageRequest>(request);
  if (!body) co_return std::move(body.error());
  if (const auto legal = CheckText(body->text()); !legal) co_return ProblemResponse(legal.error());

  EditRequest edit{.editor = caller.user_id,
                   .conversation_id = *conversation,
                   .seq = *seq,
                   .text = std::move(*body->mutable_text())};
  const auto changed = co_await runtime::Await<Changed>(
      [&](auto done) { ports_.message_changes.Edit(std::move(edit), std::move(done)); });
  if (!changed) co_return ProblemResponse(ToRefusal(changed.error()));
  co_return co_await Show(caller.user_id, *conversation, *seq);
}

asio::awaitable<Response> MessagesApi::Delete(SessionOwner caller, Request request) {
  const auto conversation = request.CaptureAs<ConversationId>("conversation_id");
  const auto seq = request.CaptureAs<Seq>("seq");
  if (!conversation || !seq) co_return NotFound();

  const DeleteRequest wanted{
      .deleter = caller.user_id, .conversation_id = *conversation, .seq = *seq};
  const auto changed = co_await runtime::Await<Changed>(
      [&](auto done) { ports_.message_changes.Delete(wanted, std::move(done)); });
  if (!changed) co_return ProblemResponse(ToRefusal(changed.error()));
  co_return NoContent();
}

// The message as it is now: others may have changed it since.
asio::awaitable<Response> MessagesApi::Show(UserId viewer, ConversationId conversation, Seq seq) {
  const EntryPageRequest wanted{.viewer = viewer,
                                .conversation_id = conversation,
                                .after_seq = Seq(seq.number() - 1),
                                .before_seq = {},
                                .limit = 1,
                                .bytes_max = kPageBytesMax};
  Page page = co_await runtime::Await<Page>(
      [&](auto done) { ports_.messages.ReadPage(wanted, std::move(done)); });
  if (!page) co_return RefuseView(page.error());
  if (page->entries.empty()) co_return NotFound();
  v1::MessageResponse answer;
  *answer.mutable_message() = ToWire(std::move(page->entries.front()));
  co_return JsonResponse(Status::kOk, answer);
}

}  // namespace chat::http
