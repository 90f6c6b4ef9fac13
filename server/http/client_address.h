// Who a request comes from: the other end of the socket, or, behind proxies that we trust, whom
// they name.
#pragma once

#include <span>

#include "server/http/request.h"
#include "server/net/ip_address.h"

namespace chat::http {

// Reads X-Forwarded-For from its end, for as long as a trusted proxy wrote the entry; what the
// client itself put in front is not believed. `headers` have names in lower case.
net::IpAddress FindClientAddress(const net::IpAddress& peer, std::span<const Field> headers,
                                 std::span<const net::IpPrefix> trusted_proxies);

}  // namespace chat::http
