#include "loadgen/http_exchange.h"

#include <charconv>
#include <cstddef>

#include "loadgen/upgrade.h"

namespace chat::loadgen {
namespace {

int ParseNumber(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::string EncodeHttpRequest(const HttpRequest& request, std::string_view host) {
  std::string bytes = request.method + ' ' + request.target + " HTTP/1.1\r\n";
  bytes.append("Host: ").append(host).append("\r\nConnection: close\r\n");
  if (!request.access_token.empty()) {
    bytes.append("Authorization: Bearer ").append(request.access_token).append("\r\n");
  }
  if (!request.body.empty()) {
    bytes.append("Content-Type: application/json\r\nContent-Length: ");
    bytes.append(std::to_string(request.body.size())).append("\r\n");
  }
  return bytes.append("\r\n").append(request.body);
}

std::string_view HttpAnswer::header(std::string_view name) const {
  return FindHeader(head, name).value_or(std::string_view());
}

std::optional<HttpAnswer> ParseHttpAnswer(const std::string& bytes) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos || !bytes.starts_with(kVersion)) return std::nullopt;
  HttpAnswer answer{.status = 0, .head = bytes.substr(0, end + 2), .body = bytes.substr(end + 4)};
  answer.status = ParseNumber(std::string_view(answer.head).substr(kVersion.size()));
  const std::string_view length = answer.header("Content-Length");
  if (!length.empty() && answer.body.size() != static_cast<std::size_t>(ParseNumber(length))) {
    return std::nullopt;
  }
  return answer;
}

}  // namespace chat::loadgen
