#include "server/http/api/sync_api.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "protocol/errors.h"
#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/paging.h"
#include "server/http/api/refusals.h"
#include "server/http/problem.h"
#include "server/ports/completion.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;
using Stage = UpdatePoint::Stage;

// The numbers of a cursor: stage, after_id, change, next_group, and then the heads.
constexpr std::size_t kHeadsAt = 4;
static_assert(kHeadsAt + std::tuple_size_v<HeadPrints> == kSyncCursorNumbers);

std::string CursorOf(const UpdatePoint& point) {
  Cursor cursor{.kind = CursorKind::kSync,
                .numbers = {static_cast<std::int64_t>(point.stage), point.after_id,
                            point.change.number(), std::int64_t{point.next_group}}};
  for (const std::uint64_t print : point.heads) {
    cursor.numbers.push_back(static_cast<std::int64_t>(print));
  }
  return EncodeCursor(cursor);
}

// Nothing for numbers that CursorOf does not write.
std::optional<UpdatePoint> PointOf(const Cursor& cursor) {
  const std::vector<std::int64_t>& numbers = cursor.numbers;
  constexpr auto kGroups = static_cast<std::int64_t>(std::tuple_size_v<HeadPrints>);
  if (numbers[0] > static_cast<std::int64_t>(Stage::kChanges) || numbers[3] >= kGroups) {
    return std::nullopt;
  }
  UpdatePoint point{.stage = static_cast<Stage>(numbers[0]),
                    .after_id = numbers[1],
                    .change = Change(numbers[2]),
                    .heads = {},
                    .next_group = static_cast<std::uint32_t>(numbers[3])};
  for (std::size_t i = 0; i < point.heads.size(); ++i) {
    point.heads[i] = static_cast<std::uint64_t>(numbers[kHeadsAt + i]);
  }
  return point;
}

std::string_view ToWire(LostThing::Kind kind) {
  switch (kind) {
    case LostThing::Kind::kContact:
      return "contact";
    case LostThing::Kind::kBlock:
      return "block";
    case LostThing::Kind::kConversation:
      return "conversation";
  }
  std::abort();
}

v1::Lost ToWire(const LostThing& thing) {
  v1::Lost wire;
  wire.set_kind(std::string(ToWire(thing.kind)));
  if (thing.user_id != UserId()) wire.set_user_id(thing.user_id.number());
  if (thing.conversation_id != ConversationId()) {
    wire.set_conversation_id(thing.conversation_id.number());
  }
  return wire;
}

v1::ConversationHead ToWire(const ConversationHead& head) {
  v1::ConversationHead wire;
  wire.set_conversation_id(head.conversation_id.number());
  wire.set_last_seq(head.last_seq.number());
  wire.set_last_change(head.last_change.number());
  wire.set_my_read_seq(head.my_read_seq.number());
  wire.set_unread_count(static_cast<std::uint32_t>(head.unread_count));
  return wire;
}

}  // namespace

void SyncApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(Method::kGet, "/v1/sync", [this](SessionOwner caller, Request request) {
    return Sync(caller, std::move(request));
  });
}

asio::awaitable<Response> SyncApi::Sync(SessionOwner caller, Request request) {
  const auto limit = PageLimit(request);
  if (!limit) co_return ProblemResponse(limit.error());
  const auto cursor = PageCursor(request, {CursorKind::kSync});
  if (!cursor) co_return ProblemResponse(cursor.error());
  const std::optional<UpdatePoint> after = *cursor ? PointOf(**cursor) : UpdatePoint();
  if (!after) {
    co_return Refuse(ErrorCode::kInvalidArgument,
                     "\"cursor\" has to be a next_cursor of this list.");
  }
  const UpdateRequest page{
      .viewer = caller.user_id, .after = *after, .limit = *limit, .bytes_max = kPageBytesMax};
  const auto read = co_await Await<Result<UpdatePage, ReadError>>(
      [&](auto done) { ports_.updates.ReadPage(page, std::move(done)); });
  if (!read) co_return Unavailable();
  co_return JsonResponse(Status::kOk, Show(*read));
}

v1::SyncResponse SyncApi::Show(const UpdatePage& page) const {
  v1::SyncResponse answer;
  for (const Contact& contact : page.contacts) {
    const bool online = ports_.is_online(contact.user.user_id);
    *answer.add_contacts() =
        chat::ToWire(contact, online ? OnlineState::kOnline : OnlineState::kOffline);
  }
  for (const User& user : page.blocks) *answer.add_blocks()->mutable_user() = chat::ToWire(user);
  for (const ConversationView& view : page.conversations) {
    *answer.add_conversations() = chat::ToWire(view);
  }
  for (const LostThing& thing : page.lost) *answer.add_lost() = ToWire(thing);
  for (const ConversationHead& head : page.heads) *answer.add_heads() = ToWire(head);
  answer.set_next_cursor(CursorOf(page.next));
  answer.set_more(page.more);
  return answer;
}

}  // namespace chat::http
