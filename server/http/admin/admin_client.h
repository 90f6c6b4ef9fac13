// The other side of the administrative routes: one request, one answer, one connection. For a
// program that has nothing else to do meanwhile.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "server/http/request.h"

namespace chat::http {

struct AdminServerAddress {
  std::string host;  // an IP address
  std::uint16_t port = 0;
};

struct AdminAnswer {
  int status = 0;
  std::string body;
};

// Thread: one. Lifetime: any; it holds no connection.
class AdminClient {
 public:
  AdminClient(AdminServerAddress server, std::string token)
      : server_(std::move(server)), token_(std::move(token)) {}

  // Blocks. `body` is JSON; an empty one is not sent.
  // Limits: two minutes, answers of 8 MiB.
  // Errors: one sentence, when no whole answer came.
  std::expected<AdminAnswer, std::string> Do(Method method, std::string_view target,
                                             std::string body = {}) const;

 private:
  AdminServerAddress server_;
  std::string token_;
};

// `text` as one segment of a target's path or as a value of its query.
// Source: RFC 3986 §2.1.
std::string EscapeForTarget(std::string_view text);

}  // namespace chat::http
