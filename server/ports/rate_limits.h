// Port: how often something may happen, counted for each user, address or account and operation.
// Who asks is given a wait, or may go on. The counts are hints: losing them locks nobody out.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "protocol/ids.h"
#include "protocol/rates.h"
#include "server/ports/executor.h"

namespace chat {

// Whose bucket: one for each operation and subject.
struct RateKey {
  enum class Kind : std::uint8_t { kUser, kAddress, kName };

  RateOperation operation;
  Kind kind;
  std::uint64_t subject;  // an id, the bits of an address, or the hash of a name

  static RateKey OfUser(RateOperation operation, UserId user) {
    return {operation, Kind::kUser, static_cast<std::uint64_t>(user.number())};
  }
  static RateKey OfAddress(RateOperation operation, std::uint64_t bits) {
    return {operation, Kind::kAddress, bits};
  }
  // For an account that does not exist. The same on all nodes. Source: FNV-1a.
  static RateKey OfName(RateOperation operation, std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return {operation, Kind::kName, hash};
  }

  friend bool operator==(const RateKey&, const RateKey&) = default;
};

// Nothing: it may happen now. Else it may not, and how long to wait until it may.
using RateWait = std::optional<std::chrono::milliseconds>;

// Thread: any.
class RateLimits {
 public:
  using Done = std::move_only_function<void(RateWait)>;

  virtual ~RateLimits() = default;

  // Takes one token by what this node knows, without waiting for anybody. What other nodes gave out
  // counts as soon as this one heard of it. For what happens often.
  virtual RateWait TryTake(const RateKey& key) = 0;

  // Takes one token by what all nodes gave out. `done` is called on `home`, maybe before this
  // returns. For what is worth a question, as the guess of a password is. Whoever asks for a key
  // asks always in the same way.
  virtual void Take(const RateKey& key, Executor& home, Done done) = 0;
};

}  // namespace chat
