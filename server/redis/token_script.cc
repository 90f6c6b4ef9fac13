#include "server/redis/token_script.h"

#include <openssl/evp.h>

#include <cassert>
#include <utility>

namespace chat::redis {
namespace {

// A bucket is the time at which it will be full, and who took from it: one node, or "*" for
// several. It lasts as long as it is not full, so losing it gives back one burst. What is in debt
// is forgiven beyond sixteen bursts, and a time that a clock set back has left is not believed.
constexpr std::string_view kScript = R"(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local token = tonumber(ARGV[1])
local room = token * tonumber(ARGV[2])
local tokens = tonumber(ARGV[3])
local age = tonumber(ARGV[4])
local by = ARGV[5]
local full_at = 0
local held = redis.call('GET', KEYS[1])
if held then
  local at, who = string.match(held, '^(%d+) (.+)$')
  full_at = tonumber(at) or 0
  if who ~= by then by = '*' end
end
if age < 0 then
  full_at = math.max(math.min(full_at, now + room), now) + tokens * token
  if full_at > now + room then return full_at - now - room end
else
  full_at = math.max(full_at, now - age) + tokens * token
  full_at = math.min(full_at, now + 16 * room)
end
if full_at <= now then
  redis.call('DEL', KEYS[1])
  return -1
end
redis.call('SET', KEYS[1], string.format('%.0f %s', full_at, by),
           'PX', math.ceil((full_at - now) / 1000))
if age < 0 then return 0 end
if by == '*' then return full_at - now end
return -1
)";

char KindLetter(RateKey::Kind kind) {
  switch (kind) {
    case RateKey::Kind::kUser:
      return 'u';
    case RateKey::Kind::kAddress:
      return 'a';
    case RateKey::Kind::kName:
      return 'n';
  }
  return '?';
}

std::string HexDigest(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
  unsigned int size = 0;
  [[maybe_unused]] const int done =
      EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha1(), nullptr);
  assert(done == 1);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex.push_back(kDigits[bytes[i] >> 4]);
    hex.push_back(kDigits[bytes[i] & 15]);
  }
  return hex;
}

// A rate that is no whole number of microseconds is kept a little slower, never faster.
std::int64_t TokenMicroseconds(const RateLimit& rate) {
  return (std::chrono::microseconds(rate.period).count() + rate.count - 1) / rate.count;
}

}  // namespace

std::string_view TokenCommand::script() { return kScript; }

const std::string& TokenCommand::digest() {
  static const std::string kDigest = HexDigest(kScript);
  return kDigest;
}

TokenCommand::TokenCommand(std::string_view prefix, std::string_view node, const RateKey& key,
                           const RateLimit& rate)
    : key_(prefix),
      token_us_(std::to_string(TokenMicroseconds(rate))),
      burst_(std::to_string(rate.burst)),
      node_(node) {
  key_.append(":rate:").append(NameOf(key.operation)).append(":");
  key_ += KindLetter(key.kind);
  key_ += std::to_string(key.subject);
}

TokenCommand& TokenCommand::With(TokenCall::TakeOne) {
  tokens_ = "1";
  age_us_ = "-1";
  return *this;
}

TokenCommand& TokenCommand::With(TokenCall::Charge charge) {
  tokens_ = std::to_string(charge.tokens);
  age_us_ = std::to_string(charge.age.count());
  return *this;
}

}  // namespace chat::redis
