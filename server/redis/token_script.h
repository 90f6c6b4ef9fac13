// The token bucket as Redis keeps it: a Lua script over one key, which Redis runs as one step and
// by its own clock, and the words that call it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/ports/rate_limits.h"

namespace chat::redis {

// One call.
struct TokenCall {
  // Takes one token, or none when there is none. The reply is 0, or how many microseconds to wait.
  struct TakeOne {};
  // Takes what was given out already, also what there is not; the first of it that long ago. The
  // reply is how many microseconds it takes until the bucket is full, and -1 when no other node has
  // taken from it since it last was.
  struct Charge {
    std::uint32_t tokens;
    std::chrono::microseconds age;
  };
};

// Thread: one. Lifetime: any; its words live as long.
class TokenCommand {
 public:
  // `prefix` begins the name of the key; `node` names whoever calls, among all that do.
  TokenCommand(std::string_view prefix, std::string_view node, const RateKey& key,
               const RateLimit& rate);

  TokenCommand& With(TokenCall::TakeOne);
  TokenCommand& With(TokenCall::Charge charge);

  // By the script's digest, which Redis may not know, and with the script itself.
  std::array<std::string_view, 9> ByDigest() const { return Words("EVALSHA", digest()); }
  std::array<std::string_view, 9> WithScript() const { return Words("EVAL", script()); }

 private:
  static std::string_view script();
  static const std::string& digest();
  std::array<std::string_view, 9> Words(std::string_view command, std::string_view script) const {
    return {command, script, "1", key_, token_us_, burst_, tokens_, age_us_, node_};
  }

  std::string key_;
  std::string token_us_;
  std::string burst_;
  std::string tokens_ = "1";
  std::string age_us_ = "-1";
  std::string node_;
};

}  // namespace chat::redis
