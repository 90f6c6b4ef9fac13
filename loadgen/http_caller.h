// HTTP over real sockets, one request after another: for what a scenario needs before it starts.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <expected>
#include <string>

#include "loadgen/http_exchange.h"

namespace chat::loadgen {

// Thread: one. Lifetime: any; it holds no connection. Blocks.
class HttpCaller {
 public:
  // How long an answer may take, and how long a server may be too busy for a request.
  static constexpr std::chrono::seconds kAnswerMax{30};
  static constexpr std::chrono::seconds kBusyMax{120};

  explicit HttpCaller(const sockaddr_in& server) : server_(server) {}

  // Asks again when a busy server (503) wants that, and as late as it wants.
  //
  // Errors: in one line, when no whole answer came, or the server stayed busy.
  std::expected<HttpAnswer, std::string> Do(const HttpRequest& request) const;

 private:
  std::expected<HttpAnswer, std::string> Ask(const HttpRequest& request) const;

  sockaddr_in server_;
};

}  // namespace chat::loadgen
