#include "server/http/api/search_api.h"

#include <cstdint>
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
#include "server/core/search_tokens.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/paging.h"
#include "server/http/api/refusals.h"
#include "server/http/problem.h"
#include "server/ports/completion.h"
#include "server/ports/search.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using Tokens = std::vector<std::string>;

std::unexpected<Refusal> Invalid(std::string detail) {
  return std::unexpected(Refusal{ErrorCode::kInvalidArgument, std::move(detail), std::nullopt});
}

// What a text has to have. Whatever else stands in `q`, quotes and operators of any language, only
// separates words.
std::expected<Tokens, Refusal> QueryTokens(const Request& request) {
  const std::string_view text = request.query("q").value_or("");
  if (text.size() > kSearchQueryBytesMax) return Invalid("\"q\" has to be at most 256 bytes long.");
  Tokens tokens = TokenizeQuery(text);
  if (tokens.empty()) return Invalid("\"q\" has to have a word, or a number.");
  if (tokens.size() > kSearchTokensMax) return Invalid("\"q\" has to have at most 16 words.");
  return tokens;
}

std::string CursorBefore(std::int64_t message_id) {
  return EncodeCursor({.kind = CursorKind::kSearch, .numbers = {message_id}});
}

v1::SearchResponse MakePage(SearchPage page) {
  v1::SearchResponse answer;
  PageBudget budget;
  for (Entry& entry : page.entries) {
    v1::Message message = ToWire(std::move(entry));
    if (!budget.Take(message)) {
      answer.set_next_cursor(CursorBefore(answer.messages().rbegin()->message_id()));
      return answer;
    }
    *answer.add_messages() = std::move(message);
  }
  if (page.next_before) answer.set_next_cursor(CursorBefore(page.next_before->number()));
  return answer;
}

}  // namespace

void SearchApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(Method::kGet, "/v1/search", [this](SessionOwner caller, Request request) {
    return Find(caller, std::move(request));
  });
}

asio::awaitable<Response> SearchApi::Find(SessionOwner caller, Request request) {
  const auto limit = PageLimit(request);
  if (!limit) co_return ProblemResponse(limit.error());
  const auto cursor = PageCursor(request, {CursorKind::kSearch});
  if (!cursor) co_return ProblemResponse(cursor.error());
  const auto tokens = QueryTokens(request);
  if (!tokens) co_return ProblemResponse(tokens.error());

  SearchRequest wanted{.viewer = caller.user_id,
                       .tokens = *tokens,
                       .before = {},
                       .limit = *limit,
                       .bytes_max = kPageBytesMax};
  if (*cursor) wanted.before = MessageId((*cursor)->numbers[0]);
  auto page = co_await runtime::Await<Result<SearchPage, ReadError>>(
      [&](auto done) { ports_.search.Find(wanted, std::move(done)); });
  if (!page) co_return Unavailable();
  co_return JsonResponse(Status::kOk, MakePage(*std::move(page)));
}

}  // namespace chat::http
