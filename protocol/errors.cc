#include "protocol/errors.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace chat {
namespace {

struct ErrorRow {
  ErrorCode code;
  std::string_view name;
  int status;
};

constexpr auto kErrors = std::to_array<ErrorRow>({
    {ErrorCode::kInvalidFrame, "invalid_frame", 400},
    {ErrorCode::kUnsupported, "unsupported", 400},
    {ErrorCode::kInvalidArgument, "invalid_argument", 400},
    {ErrorCode::kCannotAddSelf, "cannot_add_self", 400},
    {ErrorCode::kTooLarge, "too_large", 413},
    {ErrorCode::kTargetTooLong, "target_too_long", 414},
    {ErrorCode::kHeadersTooLarge, "headers_too_large", 431},
    {ErrorCode::kMethodNotAllowed, "method_not_allowed", 405},
    {ErrorCode::kUnsupportedMediaType, "unsupported_media_type", 415},
    {ErrorCode::kUpgradeRequired, "upgrade_required", 426},
    {ErrorCode::kTimeout, "timeout", 408},
    {ErrorCode::kUnauthenticated, "unauthenticated", 401},
    {ErrorCode::kBadCredentials, "bad_credentials", 401},
    {ErrorCode::kRefreshTokenReused, "refresh_token_reused", 401},
    {ErrorCode::kForbidden, "forbidden", 403},
    {ErrorCode::kNotContacts, "not_contacts", 403},
    {ErrorCode::kOriginNotAllowed, "origin_not_allowed", 403},
    {ErrorCode::kNotFound, "not_found", 404},
    {ErrorCode::kConflict, "conflict", 409},
    {ErrorCode::kUsernameTaken, "username_taken", 409},
    {ErrorCode::kEmailTaken, "email_taken", 409},
    {ErrorCode::kAlreadyContacts, "already_contacts", 409},
    {ErrorCode::kOwnerMustTransfer, "owner_must_transfer", 409},
    {ErrorCode::kClientMsgIdReused, "client_msg_id_reused", 409},
    {ErrorCode::kRateLimited, "rate_limited", 429},
    {ErrorCode::kUnavailable, "unavailable", 503},
    {ErrorCode::kInternal, "internal", 500},
});

consteval bool RowsStandAtTheirCode() {
  for (std::size_t i = 0; i < kErrors.size(); ++i) {
    if (static_cast<std::size_t>(kErrors[i].code) != i) return false;
  }
  return kErrors.size() == static_cast<std::size_t>(ErrorCode::kInternal) + 1;
}
static_assert(RowsStandAtTheirCode(), "Row() looks codes up by their place");

const ErrorRow& Row(ErrorCode code) { return kErrors[static_cast<std::size_t>(code)]; }

}  // namespace

std::string_view ErrorCodeName(ErrorCode code) { return Row(code).name; }

std::optional<ErrorCode> ErrorCodeFromName(std::string_view name) {
  const auto* const row = std::ranges::find(kErrors, name, &ErrorRow::name);
  if (row == kErrors.end()) return std::nullopt;
  return row->code;
}

int HttpStatus(ErrorCode code) { return Row(code).status; }

std::string_view HttpTitle(ErrorCode code) {
  switch (HttpStatus(code)) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

}  // namespace chat
