// A connection that HTTP has upgraded, on its way to the ConnectionTable.
#pragma once

#include <string>

#include "protocol/envelope.h"
#include "server/net/ip_address.h"
#include "server/net/transport.h"
#include "server/ports/sessions.h"

namespace chat::net {

struct NewWebSocket {
  Transport transport;
  SessionOwner owner;
  Encoding encoding = Encoding::kJson;
  IpAddress client_address;
  std::string greeting;     // written before any frame: the 101 response
  std::string early_bytes;  // received behind the request
};

}  // namespace chat::net
