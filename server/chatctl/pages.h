// Lists of a running server that come in pages.
#pragma once

#include <string>
#include <string_view>

#include "server/chatctl/admin_connection.h"
#include "server/http/admin/admin_client.h"
#include "server/http/request.h"

namespace chat::chatctl {

// Calls `take` with each page in turn; `path` has no query.
//
// Errors: as Ask; the pages before were taken.
template <typename Page, typename Take>
Outcome<void> ForEachPage(const AdminConnection& server, std::string_view path, Take take) {
  std::string cursor;
  do {
    const std::string target =
        std::string(path) + "?limit=200&cursor=" + http::EscapeForTarget(cursor);
    Page page;
    if (auto asked = server.AskFor(page, http::Method::kGet, target); !asked) return asked;
    take(page);
    cursor = page.next_cursor();
  } while (!cursor.empty());
  return {};
}

}  // namespace chat::chatctl
