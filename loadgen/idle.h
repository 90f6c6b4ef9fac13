// The scenario of clients that are only there: all connect, nobody says anything, heartbeats go on.
// Whoever runs it steers it over two descriptors: access tokens in, counts out.
#pragma once

#include <cstddef>
#include <expected>
#include <string>

#include "protocol/envelope.h"

namespace chat::loadgen {

struct IdleOptions {
  // host:port, the host an IPv4 address.
  std::string server;
  std::size_t connections = 0;
  Encoding encoding = Encoding::kProtobuf;
};

// Reads access tokens from `in`, one a line, up to an empty line. Opens the connections, and writes
// the counts to `out` once all are live or have ended. Then each line of `in` is a number: when
// every user's heartbeats were answered that often, or anybody's connection has ended, the counts
// are written again. At the end of `in` it closes everything and returns.
//
// A line of counts: `live=3 ended=0 beats_sent=6 beats_answered=6 fewest_answered=2`.
// Errors: what is wrong with the options or the tokens, in one line.
std::expected<void, std::string> RunIdle(const IdleOptions& options, int in, int out);

}  // namespace chat::loadgen
