#include "server/http/api/history_api.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <optional>
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
#include "server/http/api/paging.h"
#include "server/http/api/refusals.h"
#include "server/http/problem.h"
#include "server/ports/completion.h"
#include "server/ports/messages.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using Page = Result<EntryPage, ViewError>;

// Where a page stands: above a seq, below one, between two, or (with neither) at the head.
struct Place {
  std::optional<Seq> after_seq;
  std::optional<Seq> before_seq;
};

std::unexpected<Refusal> Invalid(std::string detail) {
  return std::unexpected(Refusal{ErrorCode::kInvalidArgument, std::move(detail), std::nullopt});
}

std::expected<std::optional<Seq>, Refusal> QuerySeq(const Request& request, std::string_view name) {
  if (!request.query(name)) return std::nullopt;
  const auto seq = request.QueryAs<Seq>(name);
  if (!seq) return Invalid('"' + std::string(name) + "\" has to be a decimal number.");
  return *seq;
}

Place ReadPlace(const Cursor& cursor) {
  const Seq first(cursor.numbers.front());
  const Seq last(cursor.numbers.back());
  switch (cursor.kind) {
    case CursorKind::kEntriesAfter:
      return {.after_seq = first, .before_seq = {}};
    case CursorKind::kEntriesBefore:
      return {.after_seq = {}, .before_seq = first};
    case CursorKind::kEntriesBetween:
      return {.after_seq = first, .before_seq = last};
    case CursorKind::kContacts:
    case CursorKind::kConversations:
    case CursorKind::kMembers:
    case CursorKind::kReaders:
    case CursorKind::kSessions:
    case CursorKind::kBlocks:
    case CursorKind::kSync:
    case CursorKind::kSearch:
      break;
  }
  std::abort();
}

std::expected<Place, Refusal> QueryPlace(const Request& request) {
  const auto after = QuerySeq(request, "after_seq");
  if (!after) return std::unexpected(after.error());
  const auto before = QuerySeq(request, "before_seq");
  if (!before) return std::unexpected(before.error());
  const auto cursor = PageCursor(request, {CursorKind::kEntriesAfter, CursorKind::kEntriesBefore,
                                           CursorKind::kEntriesBetween});
  if (!cursor) return std::unexpected(cursor.error());
  if (!*cursor) return Place{.after_seq = *after, .before_seq = *before};
  if (*after || *before) {
    return Invalid("\"cursor\" already says what \"after_seq\" and \"before_seq\" would.");
  }
  return ReadPlace(**cursor);
}

std::string CursorAfter(std::int64_t seq, std::optional<Seq> before_seq) {
  if (!before_seq) return EncodeCursor({.kind = CursorKind::kEntriesAfter, .numbers = {seq}});
  return EncodeCursor(
      {.kind = CursorKind::kEntriesBetween, .numbers = {seq, before_seq->number()}});
}

// Keeps the entries nearest to `after_seq`, as many as fit.
void FillUpwards(EntryPage page, std::optional<Seq> before_seq, v1::ListMessagesResponse& answer) {
  PageBudget budget;
  for (Entry& entry : page.entries) {
    v1::Message message = ToWire(std::move(entry));
    if (!budget.Take(message)) break;
    *answer.add_messages() = std::move(message);
  }
  if (answer.messages().empty()) return;
  const std::int64_t last = answer.messages().rbegin()->seq();
  const Seq next = Seq(last).Next();
  if (next > page.head_seq || (before_seq && next >= *before_seq)) return;
  answer.set_next_cursor(CursorAfter(last, before_seq));
}

// Keeps the newest entries, as many as fit; they stay ascending, and the next page is the one
// before.
void FillDownwards(EntryPage page, v1::ListMessagesResponse& answer) {
  PageBudget budget;
  for (auto entry = page.entries.rbegin(); entry != page.entries.rend(); ++entry) {
    v1::Message message = ToWire(std::move(*entry));
    if (!budget.Take(message)) break;
    *answer.add_messages() = std::move(message);
  }
  if (answer.messages().empty()) return;
  std::ranges::reverse(*answer.mutable_messages());
  const std::int64_t first = answer.messages().begin()->seq();
  if (first == 1) return;
  answer.set_next_cursor(EncodeCursor({.kind = CursorKind::kEntriesBefore, .numbers = {first}}));
}

}  // namespace

void HistoryApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(
      Method::kGet, "/v1/conversations/{conversation_id}/messages",
      [this](SessionOwner caller, Request request) { return List(caller, std::move(request)); });
}

asio::awaitable<Response> HistoryApi::List(SessionOwner caller, Request request) {
  const auto conversation = request.CaptureAs<ConversationId>("conversation_id");
  if (!conversation) co_return NotFound();
  const auto limit = PageLimit(request);
  if (!limit) co_return ProblemResponse(limit.error());
  const auto place = QueryPlace(request);
  if (!place) co_return ProblemResponse(place.error());

  const EntryPageRequest wanted{.viewer = caller.user_id,
                                .conversation_id = *conversation,
                                .after_seq = place->after_seq,
                                .before_seq = place->before_seq,
                                .limit = *limit,
                                .bytes_max = kPageBytesMax};
  Page page = co_await runtime::Await<Page>(
      [&](auto done) { ports_.messages.ReadPage(wanted, std::move(done)); });
  if (!page) co_return RefuseView(page.error());
  v1::ListMessagesResponse answer;
  if (place->after_seq) {
    FillUpwards(*std::move(page), place->before_seq, answer);
  } else {
    FillDownwards(*std::move(page), answer);
  }
  co_return JsonResponse(Status::kOk, answer);
}

}  // namespace chat::http
