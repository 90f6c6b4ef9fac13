#include "server/http/api/paging.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <utility>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/auth/base64url.h"
#include "server/auth/payload.h"

namespace chat::http {
namespace {

// Names, punctuation, numbers and times of a thing with all its fields, without its texts.
constexpr std::size_t kThingBytesMax = 1024;

std::unexpected<Refusal> Invalid(std::string detail) {
  return std::unexpected(Refusal{ErrorCode::kInvalidArgument, std::move(detail), std::nullopt});
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.front() != '0' &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::size_t NumbersOf(CursorKind kind) {
  switch (kind) {
    case CursorKind::kContacts:
    case CursorKind::kMembers:
    case CursorKind::kSessions:
    case CursorKind::kBlocks:
    case CursorKind::kSearch:
    case CursorKind::kEntriesAfter:
    case CursorKind::kEntriesBefore:
    case CursorKind::kReaders:
      return 1;
    case CursorKind::kConversations:
    case CursorKind::kEntriesBetween:
      return 2;
    case CursorKind::kSync:
      return kSyncCursorNumbers;
  }
  std::abort();
}

std::optional<Cursor> DecodeCursor(std::string_view text, CursorKind kind) {
  const auto bytes = auth::DecodeBase64Url(text);
  const std::size_t numbers = NumbersOf(kind);
  if (!bytes || bytes->size() != 1 + numbers * auth::kNumberBytes) return std::nullopt;
  if ((*bytes)[0] != static_cast<std::uint8_t>(kind)) return std::nullopt;
  Cursor cursor{.kind = kind, .numbers = {}};
  for (std::size_t i = 0; i < numbers; ++i) {
    const std::span place = std::span(*bytes).subspan(1 + i * auth::kNumberBytes);
    cursor.numbers.push_back(auth::ReadNumber(place.first<auth::kNumberBytes>()));
    if (cursor.numbers.back() < 0) return std::nullopt;
  }
  return cursor;
}

// At most what AppendJson writes for the text.
std::size_t EscapedBytes(std::string_view text) {
  std::size_t bytes = 0;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      bytes += 6;
    } else {
      bytes += c == '"' || c == '\\' ? 2 : 1;
    }
  }
  return bytes;
}

std::size_t JsonBytes(const v1::Message& message) {
  return kThingBytesMax + EscapedBytes(message.text()) + EscapedBytes(message.client_msg_id()) +
         EscapedBytes(message.name());
}

std::size_t JsonBytes(const v1::Conversation& conversation) {
  std::size_t bytes = kThingBytesMax + EscapedBytes(conversation.name());
  if (conversation.has_peer()) bytes += EscapedBytes(conversation.peer().display_name());
  if (conversation.has_last_message()) bytes += JsonBytes(conversation.last_message());
  return bytes;
}

}  // namespace

std::expected<int, Refusal> PageLimit(const Request& request) {
  const std::optional<std::string_view> text = request.query("limit");
  if (!text) return static_cast<int>(kPageEntriesDefault);
  if (!IsNumber(*text)) return Invalid("\"limit\" has to be a positive decimal number.");
  // A number that does not even parse is above the maximum too.
  const std::int64_t limit = ParseDecimal(*text).value_or(kPageEntriesMax);
  return static_cast<int>(std::min<std::int64_t>(limit, kPageEntriesMax));
}

std::string EncodeCursor(const Cursor& cursor) {
  std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(cursor.kind)};
  for (const std::int64_t number : cursor.numbers) {
    std::array<std::uint8_t, auth::kNumberBytes> place;
    auth::WriteNumber(place, number);
    bytes.insert(bytes.end(), place.begin(), place.end());
  }
  return auth::EncodeBase64Url(bytes);
}

std::expected<std::optional<Cursor>, Refusal> PageCursor(const Request& request,
                                                         std::initializer_list<CursorKind> kinds) {
  const std::optional<std::string_view> text = request.query("cursor");
  if (!text || text->empty()) return std::nullopt;
  for (const CursorKind kind : kinds) {
    if (std::optional<Cursor> cursor = DecodeCursor(*text, kind)) return cursor;
  }
  return Invalid("\"cursor\" has to be a next_cursor of this list.");
}

bool PageBudget::Take(const v1::Message& message) { return TakeBytes(JsonBytes(message)); }

bool PageBudget::Take(const v1::Conversation& conversation) {
  return TakeBytes(JsonBytes(conversation));
}

bool PageBudget::TakeBytes(std::size_t bytes) {
  const bool fits = used_ == 0 || used_ + bytes <= kPageBytesMax;
  used_ += bytes;
  return fits;
}

}  // namespace chat::http
