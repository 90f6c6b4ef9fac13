#include "server/http/upgrade.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "protocol/websocket/handshake.h"
#include "server/http/problem.h"

namespace chat::http {
namespace {

using Checked = std::expected<void, Response>;

constexpr std::string_view kVersion = "13";

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, ToLower, ToLower);
}

std::vector<std::string_view> ValuesOf(const RequestHead& head, std::string_view name) {
  std::vector<std::string_view> values;
  for (const Field& field : head.headers) {
    if (field.name == name) values.push_back(field.value);
  }
  return values;
}

std::string_view Trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// Whether any field of this name lists the token.
bool HasToken(const RequestHead& head, std::string_view name, std::string_view token) {
  for (const std::string_view value : ValuesOf(head, name)) {
    for (const auto item : std::views::split(value, ',')) {
      const std::string_view listed(item.begin(), item.end());
      if (EqualsIgnoringCase(Trim(listed), token)) return true;
    }
  }
  return false;
}

std::unexpected<Response> Refuse(ErrorCode code, std::string detail) {
  return std::unexpected(ProblemResponse({code, std::move(detail), {}}));
}

std::unexpected<Response> RequireUpgrade(std::string detail) {
  Response response = ProblemResponse({ErrorCode::kUpgradeRequired, std::move(detail), {}});
  response.headers.push_back({"Upgrade", "websocket"});
  response.headers.push_back({"Sec-WebSocket-Version", std::string(kVersion)});
  return std::unexpected(std::move(response));
}

Checked CheckMethodAndForm(const RequestHead& head) {
  if (head.method != Method::kGet) {
    Response response = ProblemResponse({ErrorCode::kMethodNotAllowed, "Only GET upgrades.", {}});
    response.headers.push_back({"Allow", "GET"});
    return std::unexpected(std::move(response));
  }
  if (head.is_http_1_0) return Refuse(ErrorCode::kInvalidArgument, "HTTP/1.0 has no upgrade.");
  if (head.has_body) return Refuse(ErrorCode::kInvalidArgument, "An upgrade has no body.");
  return {};
}

Checked CheckVersion(const RequestHead& head) {
  if (!HasToken(head, "upgrade", "websocket") || !HasToken(head, "connection", "upgrade")) {
    return RequireUpgrade("Only WebSocket is served here.");
  }
  const std::vector<std::string_view> versions = ValuesOf(head, "sec-websocket-version");
  if (versions.size() != 1 || versions.front() != kVersion) {
    return RequireUpgrade("Only version 13 of WebSocket is served.");
  }
  return {};
}

bool IsSameHost(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!origin.starts_with(scheme)) continue;
    return EqualsIgnoringCase(origin.substr(scheme.size()), host);
  }
  return false;
}

Checked CheckOrigin(const RequestHead& head, std::span<const std::string> allowed_origins) {
  const std::vector<std::string_view> origins = ValuesOf(head, "origin");
  if (origins.empty()) return {};  // not a browser
  if (origins.size() > 1) return Refuse(ErrorCode::kInvalidArgument, "There are two Origins.");
  const std::string_view origin = origins.front();
  const std::vector<std::string_view> hosts = ValuesOf(head, "host");
  if (!hosts.empty() && IsSameHost(origin, hosts.front())) return {};
  const bool is_listed = std::ranges::any_of(allowed_origins, [&](std::string_view allowed) {
    return EqualsIgnoringCase(origin, allowed);
  });
  if (is_listed) return {};
  return Refuse(ErrorCode::kOriginNotAllowed, "This origin may not connect.");
}

std::string EncodeGreeting(std::string_view key, websocket::Subprotocol subprotocol) {
  std::string greeting =
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  greeting.append(websocket::AcceptKey(key)).append("\r\nSec-WebSocket-Protocol: ");
  greeting.append(websocket::NameOf(subprotocol)).append("\r\n\r\n");
  return greeting;
}

Encoding EncodingOf(websocket::Subprotocol subprotocol) {
  switch (subprotocol) {
    case websocket::Subprotocol::kJson:
      return Encoding::kJson;
    case websocket::Subprotocol::kProtobuf:
      return Encoding::kProtobuf;
  }
  return Encoding::kJson;
}

}  // namespace

std::expected<UpgradePlan, Response> PlanUpgrade(const RequestHead& head,
                                                 std::span<const std::string> allowed_origins) {
  if (auto checked = CheckMethodAndForm(head); !checked) return std::unexpected(checked.error());
  if (auto checked = CheckVersion(head); !checked) return std::unexpected(checked.error());
  const std::vector<std::string_view> keys = ValuesOf(head, "sec-websocket-key");
  if (keys.size() != 1 || !websocket::IsValidKey(keys.front())) {
    return Refuse(ErrorCode::kInvalidArgument, "Sec-WebSocket-Key is not one key.");
  }
  const std::optional<websocket::Subprotocol> subprotocol =
      websocket::ChooseSubprotocol(ValuesOf(head, "sec-websocket-protocol"));
  if (!subprotocol) {
    return Refuse(ErrorCode::kInvalidArgument, "None of the subprotocols is served.");
  }
  if (auto checked = CheckOrigin(head, allowed_origins); !checked) {
    return std::unexpected(checked.error());
  }
  return UpgradePlan{.encoding = EncodingOf(*subprotocol),
                     .greeting = EncodeGreeting(keys.front(), *subprotocol)};
}

UpgradeCredentials FindCredentials(const Request& request) {
  UpgradeCredentials credentials{.ticket = std::nullopt,
                                 .access_token = std::nullopt,
                                 .client_address = std::string(request.client_address())};
  if (const auto ticket = request.query("otp")) credentials.ticket = std::string(*ticket);
  if (const auto token = request.bearer_token()) credentials.access_token = std::string(*token);
  return credentials;
}

}  // namespace chat::http
