// The checks of a request's head that Beast before 1.92 does not make: whatever two parsers could
// read in two ways is refused, so that nobody before us sees other requests than we do. Pure
// functions over the bytes as they came; RequestReader runs them before Beast sees the head.
// Source: RFC 9112 §2.2, §3, §5, §6; RFC 9110 §5.5, §7.2.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/errors.h"
#include "protocol/limits.h"
#include "server/http/request.h"

namespace chat::http {

// What a request line takes besides its target: the method, two spaces and the version.
inline constexpr std::size_t kRequestLineExtraBytesMax = 32;

inline constexpr std::size_t kHeadBytesMax =
    kHttpTargetBytesMax + kRequestLineExtraBytesMax + kHttpHeaderBytesMax;

// Where the head ends, counting its empty line; nothing while it has not arrived as a whole. Asked
// again with more bytes, `scanned` says how many were looked at before. Errors: kInvalidFrame for
// bare CR or LF and for control characters; kTargetTooLong for a request line that cannot hold a
// target of kHttpTargetBytesMax; kHeadersTooLarge for fields above kHttpHeaderBytesMax.
std::expected<std::optional<std::size_t>, Refusal> FindHeadEnd(std::string_view received,
                                                               std::size_t scanned);

// `head` is what FindHeadEnd found.
// Errors: kInvalidFrame for anything malformed or ambiguous: the request line, a field name or its
// colon, a folded line, no or two Host, framing that is doubled, contradictory, unknown or not of
// its version. kHeadersTooLarge for more than kHttpHeadersMax fields.
std::expected<void, Refusal> CheckHead(std::string_view head);

// The fields of a head that CheckHead accepted, names in lower case, values without spaces around.
std::vector<Field> ReadFields(std::string_view head);

}  // namespace chat::http
