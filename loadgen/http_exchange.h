// One HTTP request and its answer as text, for a client that uses a connection once. Sans-I/O; it
// checks no more of the answer than its users need. The load generator and the clients of tests
// speak it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chat::loadgen {

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

// `host` is host:port. Asks the server to close the connection after its answer.
std::string EncodeHttpRequest(const HttpRequest& request, std::string_view host);

// Takes the answer out of everything that a server sent before it closed; nothing when it is not
// whole.
std::optional<HttpAnswer> ParseHttpAnswer(const std::string& bytes);

}  // namespace chat::loadgen
