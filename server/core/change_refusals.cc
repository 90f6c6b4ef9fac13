#include "server/core/change_refusals.h"

#include <cstdlib>

#include "server/core/events.h"

namespace chat {

Refusal ToRefusal(ChangeError error) {
  switch (error) {
    case ChangeError::kNotFound:
      return {ErrorCode::kNotFound, "no such conversation or message", {}};
    case ChangeError::kForbidden:
      return {ErrorCode::kForbidden, "the message is another's", {}};
    case ChangeError::kNotText:
      return {ErrorCode::kInvalidArgument, "seq names an entry that is no text", {}};
    case ChangeError::kClosed:
      return {ErrorCode::kNotContacts, "one of you blocks the other", {}};
    case ChangeError::kDeleted:
      return {ErrorCode::kConflict, "the message was deleted", {}};
    case ChangeError::kTooManyEmojis:
      return {ErrorCode::kConflict, "the message has 20 different reactions already", {}};
    case ChangeError::kUnavailable:
      return {ErrorCode::kUnavailable, "the change could not be stored; ask again", kRetryAfter};
  }
  std::abort();
}

}  // namespace chat
