// Opens the sockets that accept connections. Accepting from them is http::Listener's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <system_error>
#include <vector>

#include "server/net/file_descriptor.h"
#include "server/net/ip_address.h"

namespace chat::net {

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;  // 0: any free one
};

// One listening, non-blocking socket per shard, all on the same port; the kernel spreads
// connections over them. What they accept sends small segments at once (TCP_NODELAY). Errors: what
// the system says; also address_in_use when another process shares the port already.
std::expected<std::vector<FileDescriptor>, std::error_code> OpenListeningSockets(Endpoint endpoint,
                                                                                 std::size_t count);

// The port that a listening socket has.
std::uint16_t PortOf(const FileDescriptor& socket);

}  // namespace chat::net
