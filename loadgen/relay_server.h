// The least that a chat server can do on one thread: what is received is sent to the recipient and
// acked to the sender. No protocol, no order, no limits: the floor that a real one is held against.
#pragma once

#include <cstddef>

#include "loadgen/descriptor.h"

namespace chat::loadgen {

struct RelayListener {
  Descriptor socket;
  unsigned short port = 0;
};

// On a free port of the loopback, with a backlog for `clients`.
RelayListener ListenForRelay(std::size_t clients);

// Takes `clients` connections and serves them until the last of them is closed.
//
// Errors: throws what the system says; its clients are local and never slow, so it also throws when
// one takes no more.
void RunRelayServer(const RelayListener& listener, std::size_t clients);

}  // namespace chat::loadgen
