// The web client's files, which are part of the binary: nothing is read from disk at run time. What
// is served under which path, and as what; how (headers, caching) is the HTTP server's.
#pragma once

#include <span>
#include <string_view>

namespace chat::web {

struct WebFile {
  std::string_view path;  // as requested: "/" is the page itself
  std::string_view content_type;
  std::string_view bytes;
};

// All files of the web client, each path once. Valid for the life of the program.
std::span<const WebFile> Files();

}  // namespace chat::web
