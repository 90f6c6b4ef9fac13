// What describes the server to people and tools: the specifications of its two interfaces, and
// Swagger UI, which shows the one of HTTP. Part of the binary, as the web client is.
#pragma once

#include <span>

#include "server/web/web_files.h"

namespace chat::web {

// /docs, what that page loads, /openapi.yaml and /asyncapi.yaml, each path once. Valid for the life
// of the program.
std::span<const WebFile> DocsFiles();

}  // namespace chat::web
