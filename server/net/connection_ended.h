// How a WebSocket ended, for its one line in the log and for metrics.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "protocol/websocket/close_code.h"
#include "server/net/ip_address.h"
#include "server/ports/sessions.h"

namespace chat::net {

enum class EndedBy {
  kServer,   // we closed it, with `code`
  kClient,   // it closed, with `code` unless it gave none
  kNetwork,  // it vanished: no close frame
};

std::string_view NameOf(EndedBy by);

struct ConnectionEnded {
  SessionOwner owner;
  IpAddress client_address;
  EndedBy by = EndedBy::kNetwork;
  std::optional<websocket::CloseCode> code;
  std::string_view reason;  // ours: in words; the client's own words are not repeated
  std::chrono::milliseconds duration{};
};

}  // namespace chat::net
