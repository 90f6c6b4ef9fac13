#include "tests/harness/http_client.h"

#include <charconv>
#include <cstddef>
#include <optional>

#include "loadgen/upgrade.h"

namespace chat::testing {
namespace {

std::string Encode(const HttpRequest& request, const Endpoint& server) {
  std::string bytes = request.method + ' ' + request.target + " HTTP/1.1\r\n";
  bytes.append("Host: ").append(server.ToString()).append("\r\nConnection: close\r\n");
  if (!request.access_token.empty()) {
    bytes.append("Authorization: Bearer ").append(request.access_token).append("\r\n");
  }
  if (!request.body.empty()) {
    bytes.append("Content-Type: application/json\r\nContent-Length: ");
    bytes.append(std::to_string(request.body.size())).append("\r\n");
  }
  return bytes.append("\r\n").append(request.body);
}

int ParseNumber(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Takes the answer out of everything that a server sent before it closed; nothing when it is not
// whole.
std::optional<HttpAnswer> Parse(const std::string& bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  HttpAnswer answer{.status = 0, .head = bytes.substr(0, end + 2), .body = bytes.substr(end + 4)};
  answer.status = ParseNumber(std::string_view(answer.head).substr(sizeof("HTTP/1.1")));
  const std::string_view length = answer.header("Content-Length");
  if (!length.empty() && answer.body.size() != static_cast<std::size_t>(ParseNumber(length))) {
    return std::nullopt;
  }
  return answer;
}

}  // namespace

std::string_view HttpAnswer::header(std::string_view name) const {
  return loadgen::FindHeader(head, name).value_or(std::string_view());
}

HttpAnswer HttpClient::Do(const HttpRequest& request) const {
  const Deadline deadline;
  Socket socket = Socket::Connect(server_);
  socket.Send(Encode(request, server_), deadline);
  std::string bytes;
  ReceiveOutcome outcome;
  do {
    outcome = socket.Receive(bytes, deadline);
  } while (outcome == ReceiveOutcome::kBytes);
  std::optional<HttpAnswer> answer = Parse(bytes);
  if (outcome == ReceiveOutcome::kEnd && answer) return *std::move(answer);
  throw Surprise(request.method + ' ' + request.target + " got no whole answer: " + bytes);
}

}  // namespace chat::testing
