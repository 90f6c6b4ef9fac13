#include "server/redis/failure.h"

#include <algorithm>

namespace chat::redis {
namespace {

struct Meaning {
  std::string_view code;
  std::string_view text;
};

// Source: the error codes of Redis 7, the first word of an error reply.
constexpr Meaning kMeanings[] = {
    {"NOAUTH", "it asks for a password"},
    {"WRONGPASS", "it does not know this user and password"},
    {"NOPERM", "this user may not do what a node does"},
    {"LOADING", "it is still loading its data"},
    {"BUSY", "it is busy with a script"},
    {"MASTERDOWN", "it is a replica without its master"},
    {"READONLY", "it is a replica"},
    {"DENIED", "it is in protected mode"},
    {"ERR max number of clients reached", "it has too many clients"},
    {"ERR AUTH <password> called without any password", "it has no password but one is given"},
    {"ERR DB index is out of range", "it has no database of this number"},
};

}  // namespace

std::string_view DescribeErrorReply(const redisReply& reply) {
  const std::string_view text(reply.str, reply.len);
  const auto* const meaning = std::ranges::find_if(
      kMeanings, [&](const Meaning& each) { return text.starts_with(each.code); });
  return meaning == std::end(kMeanings) ? "it answers with an error" : meaning->text;
}

}  // namespace chat::redis
