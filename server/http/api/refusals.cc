#include "server/http/api/refusals.h"

#include <chrono>
#include <cstdlib>
#include <optional>
#include <utility>

#include "server/http/problem.h"

namespace chat::http {
namespace {

// Long enough for a store to come back from a hiccup, or for some hashes to be done.
constexpr std::chrono::milliseconds kRetryAfter{1000};

}  // namespace

Response Refuse(ErrorCode code, std::string detail) {
  return ProblemResponse({.code = code, .detail = std::move(detail), .retry_after = std::nullopt});
}

Response NotFound() { return Refuse(ErrorCode::kNotFound, "There is no such thing."); }

Response Unavailable() {
  return ProblemResponse({.code = ErrorCode::kUnavailable,
                          .detail = "The server cannot do this now; try again.",
                          .retry_after = kRetryAfter});
}

Response TooOften(std::chrono::milliseconds wait) {
  return ProblemResponse({.code = ErrorCode::kRateLimited,
                          .detail = "This was asked too often; wait before you try again.",
                          .retry_after = wait});
}

Response Unauthenticated() {
  return Refuse(ErrorCode::kUnauthenticated, "A valid access token is needed.");
}

Response RefuseView(ViewError error) {
  switch (error) {
    case ViewError::kNotFound:
      return NotFound();
    case ViewError::kUnavailable:
      return Unavailable();
  }
  std::abort();
}

Response RefuseGroup(GroupError error) {
  switch (error) {
    case GroupError::kNotFound:
      return NotFound();
    case GroupError::kForbidden:
      return Refuse(ErrorCode::kForbidden, "Your role in the conversation does not allow it.");
    case GroupError::kNotContacts:
      return Refuse(ErrorCode::kNotContacts, "Only your own contacts can become members.");
    case GroupError::kFull:
      return Refuse(ErrorCode::kConflict, "A group has 10,000 members at most.");
    case GroupError::kOwnerMustTransfer:
      return Refuse(ErrorCode::kOwnerMustTransfer, "Make another member an owner first.");
    case GroupError::kUnavailable:
      return Unavailable();
  }
  std::abort();
}

}  // namespace chat::http
