// Where a server listens, as text and as the system wants it.
#pragma once

#include <netinet/in.h>

#include <optional>
#include <string>
#include <string_view>

namespace chat::loadgen {

// Errors: nullopt for what is not an IPv4 address and a port, as 127.0.0.1:8080.
std::optional<sockaddr_in> ParseServerAddress(std::string_view text);

// The value of a Host header.
std::string HostOf(const sockaddr_in& server);

}  // namespace chat::loadgen
