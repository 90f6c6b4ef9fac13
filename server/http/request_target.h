// The target of a request, taken apart: its path and its query parameters, decoded.
// Only the origin form ("/path?query") is one that this server serves.
// Source: RFC 3986 §2.1, §3.3, §3.4; RFC 9112 §3.2.1; the query as WHATWG URL §5.1 decodes it.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/errors.h"
#include "server/http/request.h"

namespace chat::http {

struct RequestTarget {
  std::string path;
  std::vector<Field> query;
};

// Errors: kInvalidArgument for any other form, for bad escapes, for what decodes to controls or to
// no UTF-8, and for paths with "." or ".." segments or an escaped slash, which mean something else
// to whoever stands before us.
std::expected<RequestTarget, Refusal> ParseRequestTarget(std::string_view target);

}  // namespace chat::http
