// Files that are built into the binary, as routes: the web client, the documentation, the
// specifications. Never reads a disk.
#pragma once

#include <span>
#include <string_view>

#include "server/http/router.h"

namespace chat::http {

// Lifetime: what the views show outlives the router.
struct EmbeddedFile {
  std::string_view path;          // of the request: "/", "/app.js"
  std::string_view content_type;  // "text/html; charset=utf-8"
  std::string_view bytes;
};

// What pages may load and do: from this server only, nothing inline, in nobody's frame. Browsers
// that are old do not count a WebSocket to the same host as 'self'; they are not supported.
inline constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
    "'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// Adds a GET route for each file, with an ETag of its content: browsers keep it and ask again each
// time. Source: RFC 9110 §8.8.3, §13.1.2.
void AddStaticFiles(Router& router, std::span<const EmbeddedFile> files);

}  // namespace chat::http
