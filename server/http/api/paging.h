// How lists are cut into pages: the `limit` and `cursor` of a request, and the bytes of an answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/errors.h"
#include "server/http/request.h"

namespace chat::http {

// The `limit` of the query.
//
// Limits: kPageEntriesDefault when absent, kPageEntriesMax at most, however large the number.
// Errors: kInvalidArgument for what is not a positive decimal number.
std::expected<int, Refusal> PageLimit(const Request& request);

// Which list a cursor goes on with; one list refuses another's.
enum class CursorKind : std::uint8_t {
  kContacts = 1,
  kConversations = 2,
  kEntriesAfter = 3,
  kEntriesBefore = 4,
  kEntriesBetween = 5,
  kMembers = 6,
  kSessions = 10,
  kBlocks = 11,
  kReaders = 40,
  kSync = 41,
  kSearch = 15,
};

// A cursor of /v1/sync holds so many numbers.
inline constexpr std::size_t kSyncCursorNumbers = 68;

// Where the next page starts, in numbers that only the list itself understands.
struct Cursor {
  CursorKind kind;
  std::vector<std::int64_t> numbers;
};

// Opaque to clients, and safe in a query.
std::string EncodeCursor(const Cursor& cursor);

// The `cursor` of the query; nothing when it is absent or empty, as `next_cursor` is at the end of
// a list.
//
// Errors: kInvalidArgument for any text but one that EncodeCursor made for one of `kinds`.
std::expected<std::optional<Cursor>, Refusal> PageCursor(const Request& request,
                                                         std::initializer_list<CursorKind> kinds);

// What still fits into the answer of one page, counted in the bytes of its JSON, from above.
class PageBudget {
 public:
  // True while the page stays within kPageBytesMax; always for its first item. After the first
  // false the page is full.
  bool Take(const v1::Message& message);
  bool Take(const v1::Conversation& conversation);

 private:
  bool TakeBytes(std::size_t bytes);

  std::size_t used_ = 0;
};

}  // namespace chat::http
