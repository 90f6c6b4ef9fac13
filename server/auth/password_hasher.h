// Hashes and checks passwords with Argon2id, on threads of their own: one hash takes tens of
// milliseconds and megabytes, so the queue before those threads is bounded and a full one refuses.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "server/ports/completion.h"
#include "server/ports/executor.h"

namespace chat::auth {

// Source: OWASP Password Storage Cheat Sheet, Argon2id with one lane.
struct HashCost {
  unsigned long long passes = 2;
  std::size_t memory_bytes = 19 * 1024 * 1024;
};

enum class PasswordMatch { kMismatch, kMatch };

enum class HashError {
  kBusy,  // too many hashes wait, or the threads end; trying again in a moment helps
};

// Thread: safe from any; each call completes on the executor it is given. Lifetime: longer than the
// threads' queue holds work.
class PasswordHasher {
 public:
  // Runs a task on some other thread, later; drops it and returns false when too many wait.
  using Submit = std::function<bool(Task)>;

  // Computes one hash on the calling thread, for the sake of Verify without a hash.
  explicit PasswordHasher(Submit submit, HashCost cost = {});

  // The encoded form `$argon2id$v=19$m=…,t=…,p=1$salt$hash`.
  void Hash(std::string password, Executor& executor,
            Completion<std::string, HashError> done) const;

  // Without a hash (there is no such user) it takes the same time and is a mismatch.
  void Verify(std::string password, std::optional<std::string> hash, Executor& executor,
              Completion<PasswordMatch, HashError> done) const;

 private:
  Submit submit_;
  HashCost cost_;
  std::string dummy_hash_;
};

}  // namespace chat::auth
