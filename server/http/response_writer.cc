#include "server/http/response_writer.h"

#include <cassert>
#include <chrono>
#include <ctime>
#include <string_view>

namespace chat::http {
namespace {

// Source: RFC 9110 §5.6.7, IMF-fixdate.
std::string FormatDate(UnixTime now) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  std::tm utc;
  ::gmtime_r(&seconds, &utc);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return std::string(text, size);
}

void AppendField(std::string& head, std::string_view name, std::string_view value) {
  // A line break in a value would let whoever chose it write the rest of the response.
  assert(value.find_first_of("\r\n") == std::string_view::npos);
  head.append(name).append(": ").append(value).append("\r\n");
}

bool HasContentLength(Status status) {
  return status != Status::kNoContent && status != Status::kNotModified &&
         status != Status::kSwitchingProtocols;
}

}  // namespace

std::string EncodeResponseHead(const Response& response, ConnectionUse use, UnixTime now) {
  std::string head = "HTTP/1.1 ";
  head.append(std::to_string(static_cast<int>(response.status))).append(" ");
  head.append(Phrase(response.status)).append("\r\n");
  AppendField(head, "Date", FormatDate(now));
  if (!response.content_type.empty()) AppendField(head, "Content-Type", response.content_type);
  if (HasContentLength(response.status)) {
    AppendField(head, "Content-Length", std::to_string(response.content().size()));
    AppendField(head, "X-Content-Type-Options", "nosniff");
  }
  for (const Field& field : response.headers) AppendField(head, field.name, field.value);
  if (response.status != Status::kSwitchingProtocols) {
    AppendField(head, "Connection", use == ConnectionUse::kClose ? "close" : "keep-alive");
  }
  head.append("\r\n");
  return head;
}

}  // namespace chat::http
