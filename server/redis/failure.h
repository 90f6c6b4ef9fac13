// Why Redis does not serve us, in words for an operator. Nothing that a server sent is repeated in
// them: a broken or hostile one may echo the password.
#pragma once

#include <hiredis/hiredis.h>

#include <string>
#include <string_view>

namespace chat::redis {

enum class FailureKind {
  // Tried again until it serves.
  kUnavailable,
  // A kind of Redis that we do not work with. Tried again too, but only an operator can help.
  kUnsupported,
};

struct Failure {
  FailureKind kind = FailureKind::kUnavailable;
  std::string sentence;
};

// What an error reply means, as the end of a sentence.
std::string_view DescribeErrorReply(const redisReply& reply);

}  // namespace chat::redis
