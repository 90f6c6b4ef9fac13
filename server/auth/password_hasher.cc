#include "server/auth/password_hasher.h"

#include <sodium.h>

#include <cstdlib>
#include <expected>
#include <utility>

namespace chat::auth {
namespace {

// Empty when the memory for it cannot be had.
std::string ComputeHash(const std::string& password, HashCost cost) {
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), cost.passes,
                            cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return {};
  }
  hash.resize(hash.find('\0'));
  return hash;
}

void Wipe(std::string& password) { sodium_memzero(password.data(), password.size()); }

// A completion that is owed on an executor: one that is dropped with its task answers kBusy.
template <typename T>
class Owed {
 public:
  Owed(Executor& executor, Completion<T, HashError> done)
      : executor_(&executor), done_(std::move(done)) {}
  Owed(Owed&& other) noexcept
      : executor_(other.executor_), done_(std::exchange(other.done_, nullptr)) {}
  Owed& operator=(Owed&&) = delete;
  ~Owed() {
    if (done_) Answer(std::unexpected(HashError::kBusy));
  }

  void Answer(Result<T, HashError> result) {
    executor_->Post([done = std::exchange(done_, nullptr), result = std::move(result)]() mutable {
      done(std::move(result));
    });
  }

 private:
  Executor* executor_;
  Completion<T, HashError> done_;
};

}  // namespace

PasswordHasher::PasswordHasher(Submit submit, HashCost cost)
    : submit_(std::move(submit)), cost_(cost) {
  if (sodium_init() < 0) std::abort();
  dummy_hash_ = ComputeHash("no user has this hash", cost_);
  if (dummy_hash_.empty()) std::abort();
}

void PasswordHasher::Hash(std::string password, Executor& executor,
                          Completion<std::string, HashError> done) const {
  // A refused task is dropped, and with it what is owed, which then answers kBusy.
  static_cast<void>(submit_([password = std::move(password), cost = cost_,
                             owed = Owed<std::string>(executor, std::move(done))]() mutable {
    std::string hash = ComputeHash(password, cost);
    Wipe(password);
    if (!hash.empty()) owed.Answer(std::move(hash));
  }));
}

void PasswordHasher::Verify(std::string password, std::optional<std::string> hash,
                            Executor& executor, Completion<PasswordMatch, HashError> done) const {
  const bool known = hash.has_value();
  static_cast<void>(submit_([password = std::move(password), known,
                             hash = known ? std::move(*hash) : dummy_hash_,
                             owed = Owed<PasswordMatch>(executor, std::move(done))]() mutable {
    const bool same = crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
    Wipe(password);
    owed.Answer(known && same ? PasswordMatch::kMatch : PasswordMatch::kMismatch);
  }));
}

}  // namespace chat::auth
