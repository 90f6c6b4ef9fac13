// The WebSocket upgrade: which requests may become one, and the 101 that makes them one. Pure
// functions over a checked head; HttpSession authenticates in between and hands the connection
// over. Source: RFC 6455 §4.2, RFC 6454 §7.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/envelope.h"
#include "protocol/errors.h"
#include "server/http/request_reader.h"
#include "server/http/response.h"
#include "server/net/new_websocket.h"
#include "server/ports/sessions.h"
#include "server/runtime/asio.h"

namespace chat::http {

// What a client shows to open a WebSocket; both may be there, then the ticket counts.
struct UpgradeCredentials {
  std::optional<std::string> ticket;        // ?otp=
  std::optional<std::string> access_token;  // Authorization: Bearer
  std::string client_address;
};

// Errors: kUnauthenticated, kUnavailable, kRateLimited; answered before the upgrade.
using Authenticate =
    std::function<asio::awaitable<std::expected<SessionOwner, Refusal>>(UpgradeCredentials)>;

struct UpgradeOptions {
  std::string path = "/v1/ws";
  std::vector<std::string> allowed_origins = {};  // "https://chat.example", besides the same host
  Authenticate authenticate = {};
  // Whether there may be one more WebSocket now: kUnavailable when not. Asked before and after
  // `authenticate`.
  std::function<std::expected<void, Refusal>()> admit = {};
  // Takes over the connection and writes the greeting.
  std::function<void(net::NewWebSocket)> accept = {};
};

// A request that may be upgraded once it is authenticated.
struct UpgradePlan {
  Encoding encoding = Encoding::kJson;
  std::string greeting;  // the whole 101 response
};

// Errors, as finished responses: 405 unless GET; 400 for HTTP/1.0, a body, a bad key, no
// subprotocol that we know, two Origins; 426 without `Upgrade: websocket` or with another version;
// 403 `origin_not_allowed`.
std::expected<UpgradePlan, Response> PlanUpgrade(const RequestHead& head,
                                                 std::span<const std::string> allowed_origins);

UpgradeCredentials FindCredentials(const Request& request);

}  // namespace chat::http
