#include "server/http/status.h"

namespace chat::http {

std::string_view Phrase(Status status) {
  switch (status) {
    case Status::kSwitchingProtocols:
      return "Switching Protocols";
    case Status::kOk:
      return "OK";
    case Status::kCreated:
      return "Created";
    case Status::kNoContent:
      return "No Content";
    case Status::kNotModified:
      return "Not Modified";
    case Status::kBadRequest:
      return "Bad Request";
    case Status::kUnauthorized:
      return "Unauthorized";
    case Status::kForbidden:
      return "Forbidden";
    case Status::kNotFound:
      return "Not Found";
    case Status::kMethodNotAllowed:
      return "Method Not Allowed";
    case Status::kRequestTimeout:
      return "Request Timeout";
    case Status::kConflict:
      return "Conflict";
    case Status::kContentTooLarge:
      return "Content Too Large";
    case Status::kUriTooLong:
      return "URI Too Long";
    case Status::kUnsupportedMediaType:
      return "Unsupported Media Type";
    case Status::kUpgradeRequired:
      return "Upgrade Required";
    case Status::kTooManyRequests:
      return "Too Many Requests";
    case Status::kHeaderFieldsTooLarge:
      return "Request Header Fields Too Large";
    case Status::kInternalServerError:
      return "Internal Server Error";
    case Status::kServiceUnavailable:
      return "Service Unavailable";
  }
  return "Unknown";
}

}  // namespace chat::http
