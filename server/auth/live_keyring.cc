#include "server/auth/live_keyring.h"

#include <expected>
#include <utility>

namespace chat::auth {

void LiveKeyring::Refresh(Completion<void, KeyringError> done) {
  waiting_.push_back(std::move(done));
  if (!is_reading_) Read();
}

void LiveKeyring::Read() {
  is_reading_ = true;
  reading_for_ = std::exchange(waiting_, {});
  parts_.store.Load([this](StoredKeys stored) {
    const Result<void, KeyringError> adopted = Adopt(stored);
    if (!adopted) parts_.on_failure(adopted.error());
    is_reading_ = false;
    Waiters answered = std::exchange(reading_for_, {});
    if (!waiting_.empty()) Read();
    for (auto& done : answered) done(adopted);
  });
}

void LiveKeyring::Rotate(std::chrono::seconds overlap,
                         Completion<std::uint32_t, KeyringError> done) {
  parts_.store.Rotate(
      {.material = NewStoredMaterial(parts_.secret, parts_.random), .overlap = overlap},
      [this, done = std::move(done)](StoredKeys stored) mutable {
        if (auto adopted = Adopt(stored); !adopted) return done(std::unexpected(adopted.error()));
        done(keyring_.newest().key_id);
      });
}

// A read that began before a rotation may end after it, and must not take the new key back.
Result<void, KeyringError> LiveKeyring::Adopt(const StoredKeys& stored) {
  if (!stored) return std::unexpected(KeyringError::kUnavailable);
  auto opened = Keyring::Open(*stored, parts_.secret ? &*parts_.secret : nullptr);
  if (!opened) return std::unexpected(opened.error());
  if (opened->newest().key_id >= keyring_.newest().key_id) keyring_ = *std::move(opened);
  return {};
}

}  // namespace chat::auth
