// All that one user ever said, wherever it was and whether they are still there: a page at a time,
// for an export.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "protocol/ids.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/ports/inspection.h"
#include "server/ports/messages.h"
#include "server/runtime/asio.h"

namespace chat::http {

// Lifetime: the ports outlive the answer.
struct SentMessagesPorts {
  Messages& messages;
  Inspection& inspection;
};

// A v1::ListMessagesResponse with entries that the user made, ascending by conversation and seq.
// Limits: kPageEntriesMax entries or kPageBytesMax, found among a bounded number of others': a page
// may be empty and still have a `next_cursor`.
asio::awaitable<Response> ListSentMessages(SentMessagesPorts ports, UserId user, Request request);

}  // namespace chat::http
