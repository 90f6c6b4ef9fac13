// The head of a response as it goes on the wire, with the fields that every response has.
// Source: RFC 9112 §4, §6; RFC 9110 §6.6.1, §8.6.
#pragma once

#include <string>

#include "protocol/timestamp.h"
#include "server/http/response.h"

namespace chat::http {

enum class ConnectionUse { kKeepAlive, kClose };

// Status line, Date, Content-Length and Connection, nosniff, and the response's own fields.
std::string EncodeResponseHead(const Response& response, ConnectionUse use, UnixTime now);

}  // namespace chat::http
