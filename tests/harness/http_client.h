// HTTP for tests: one request, one answer, one connection. It checks no more of the answer than a
// test needs; how the server treats bad requests is tested elsewhere, with raw bytes.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "tests/harness/socket.h"

namespace chat::testing {

struct HttpRequest {
  std::string method = "GET";
  std::string target;
  // Sent as JSON unless it is empty.
  std::string body = "";
  std::string access_token = "";
};

struct HttpAnswer {
  int status = 0;
  std::string head;
  std::string body;

  // Empty when there is no such header.
  std::string_view header(std::string_view name) const;
};

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
