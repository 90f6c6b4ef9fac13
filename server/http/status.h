// The HTTP status codes that this server answers with, and their phrases.
// Source: RFC 9110 §15, RFC 6585.
#pragma once

#include <cstdint>
#include <string_view>

namespace chat::http {

enum class Status : std::uint16_t {
  kSwitchingProtocols = 101,
  kOk = 200,
  kCreated = 201,
  kNoContent = 204,
  kNotModified = 304,
  kBadRequest = 400,
  kUnauthorized = 401,
  kForbidden = 403,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kRequestTimeout = 408,
  kConflict = 409,
  kContentTooLarge = 413,
  kUriTooLong = 414,
  kUnsupportedMediaType = 415,
  kUpgradeRequired = 426,
  kTooManyRequests = 429,
  kHeaderFieldsTooLarge = 431,
  kInternalServerError = 500,
  kServiceUnavailable = 503,
};

// The reason phrase.
std::string_view Phrase(Status status);

}  // namespace chat::http
