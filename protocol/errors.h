// Everything that a client can be told went wrong: the codes, shared by frames and HTTP.
//
// The code is the stable part; status and title follow from it. Close codes of the WebSocket are
// not here but in protocol/websocket. Each unit has an error enum of its own and translates it to
// these at the border to the client.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace chat {

enum class ErrorCode {
  // What came in cannot be served as it is.
  kInvalidFrame,
  kUnsupported,
  kInvalidArgument,
  kCannotAddSelf,
  kTooLarge,
  kTargetTooLong,
  kHeadersTooLarge,
  kMethodNotAllowed,
  kUnsupportedMediaType,
  kUpgradeRequired,
  kTimeout,
  // Who asks, and what they may.
  kUnauthenticated,
  kBadCredentials,
  kRefreshTokenReused,
  kForbidden,
  kNotContacts,
  kOriginNotAllowed,
  kNotFound,
  // It does not fit what is there.
  kConflict,
  kUsernameTaken,
  kEmailTaken,
  kAlreadyContacts,
  kOwnerMustTransfer,
  kClientMsgIdReused,
  // Not now.
  kRateLimited,
  kUnavailable,
  kInternal,
};

// What stands in `code`: lower-case words joined by underscores; never changes.
std::string_view ErrorCodeName(ErrorCode code);

// Errors: nullopt for a name this version does not know.
std::optional<ErrorCode> ErrorCodeFromName(std::string_view name);

// The HTTP status that an answer with this code has.
int HttpStatus(ErrorCode code);

// The phrase that goes with the status, as `about:blank` problems have it.
//
// Source: RFC 9457 §4.2.1.
std::string_view HttpTitle(ErrorCode code);

// What a client gets instead of what it asked for.
struct Refusal {
  ErrorCode code;
  // One sentence for a developer; names the field, never repeats what it held.
  std::string detail;
  // Only where the same request can succeed later.
  std::optional<std::chrono::milliseconds> retry_after;

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

}  // namespace chat
