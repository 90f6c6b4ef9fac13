// HTTP for tests: one request, one answer, one connection. It checks no more of the answer than a
// test needs; how the server treats bad requests is tested elsewhere, with raw bytes.
#pragma once

#include <string>
#include <utility>

#include "loadgen/http_exchange.h"
#include "tests/harness/socket.h"

namespace chat::testing {

using loadgen::HttpAnswer;
using loadgen::HttpRequest;

// Thread: any. Lifetime: any; it holds no connection.
class HttpClient {
 public:
  explicit HttpClient(Endpoint server) : server_(std::move(server)) {}

  // Errors: throws Surprise when no whole answer comes.
  HttpAnswer Do(const HttpRequest& request) const;
  HttpAnswer Get(std::string target) const { return Do({.target = std::move(target)}); }

 private:
  Endpoint server_;
};

}  // namespace chat::testing
