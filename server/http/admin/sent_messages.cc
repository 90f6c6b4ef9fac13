#include "server/http/admin/sent_messages.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "protocol/limits.h"
#include "server/core/wire.h"
#include "server/http/api/paging.h"
#include "server/http/api/refusals.h"
#include "server/ports/completion.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;
using Entries = Result<std::vector<Entry>, ReadError>;
using Next = Result<std::optional<ConversationId>, ReadError>;

// How often the store is asked for one page.
constexpr int kReadsMax = 16;

constexpr Seq kBeyondAll{std::numeric_limits<std::int64_t>::max()};

// Everything up to this entry was looked at.
struct Place {
  ConversationId conversation;
  Seq seq;

  std::string ToCursor() const { return conversation.ToString() + "." + seq.ToString(); }
};

std::optional<Place> ReadCursor(std::string_view text) {
  if (text.empty()) return Place{};
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto conversation = ConversationId::Parse(text.substr(0, dot));
  const auto seq = Seq::Parse(text.substr(dot + 1));
  if (!conversation || !seq) return std::nullopt;
  return Place{.conversation = *conversation, .seq = *seq};
}

struct Page {
  Place place;
  PageBudget budget;
  v1::ListMessagesResponse answer;

  // False when it is full.
  bool Add(Entry entry) {
    if (answer.messages_size() == static_cast<int>(kPageEntriesMax)) return false;
    v1::Message message = ToWire(std::move(entry));
    if (!budget.Take(message)) return false;
    *answer.add_messages() = std::move(message);
    return true;
  }
};

// Moves on over what fits into the page; false when there is more.
bool Take(std::vector<Entry> entries, UserId user, Page& page) {
  for (Entry& entry : entries) {
    const Seq seq = entry.seq;
    if (entry.sender_id == user && !page.Add(std::move(entry))) return false;
    page.place.seq = seq;
  }
  return true;
}

}  // namespace

asio::awaitable<Response> ListSentMessages(SentMessagesPorts ports, UserId user, Request request) {
  const auto cursor = ReadCursor(request.query("cursor").value_or(""));
  if (!cursor) co_return Refuse(ErrorCode::kInvalidArgument, "\"cursor\" is none of this list.");
  Page page{.place = *cursor, .budget = {}, .answer = {}};
  for (int reads = 0; reads < kReadsMax; ++reads) {
    Entries entries = co_await Await<Entries>([&](auto done) {
      ports.messages.ReadRange(page.place.conversation, page.place.seq, kBeyondAll,
                               std::move(done));
    });
    if (!entries) co_return Unavailable();
    if (!entries->empty()) {
      if (!Take(*std::move(entries), user, page)) break;
      continue;
    }
    const Next next = co_await Await<Next>([&](auto done) {
      ports.inspection.NextConversation(user, page.place.conversation, std::move(done));
    });
    if (!next) co_return Unavailable();
    if (!*next) co_return JsonResponse(Status::kOk, page.answer);
    page.place = {.conversation = **next, .seq = Seq()};
  }
  page.answer.set_next_cursor(page.place.ToCursor());
  co_return JsonResponse(Status::kOk, page.answer);
}

}  // namespace chat::http
