// A bus that keeps what was published, in the order in which one shard would have handled it.
#pragma once

#include <memory>
#include <vector>

#include "server/ports/bus.h"
#include "server/ports/executor.h"

namespace chat::contracts {

// Thread: Publish any; the rest that of `executor`.
class RecordingBus final : public Bus {
 public:
  explicit RecordingBus(Executor& executor) : executor_(executor) {}

  void Publish(BusMessage message) override {
    executor_.Post([this, message = std::move(message)] {
      if (const auto* batch = std::get_if<std::shared_ptr<const CommitBatch>>(&message)) {
        batches_.push_back(*batch);
      }
    });
  }

  // Batches that have been handled, also those that change nothing.
  const std::vector<std::shared_ptr<const CommitBatch>>& batches() const { return batches_; }

  // What the batches hold, one after the other.
  std::vector<CommittedEntry> entries() const {
    std::vector<CommittedEntry> all;
    for (const auto& batch : batches_) {
      all.insert(all.end(), batch->entries.begin(), batch->entries.end());
    }
    return all;
  }
  std::vector<CommittedChange> changes() const {
    std::vector<CommittedChange> all;
    for (const auto& batch : batches_) {
      all.insert(all.end(), batch->changes.begin(), batch->changes.end());
    }
    return all;
  }
  std::vector<UserChange> user_changes() const {
    std::vector<UserChange> all;
    for (const auto& batch : batches_) {
      all.insert(all.end(), batch->user_changes.begin(), batch->user_changes.end());
    }
    return all;
  }
  std::vector<SessionOwner> revoked_sessions() const {
    std::vector<SessionOwner> all;
    for (const auto& batch : batches_) {
      all.insert(all.end(), batch->revoked_sessions.begin(), batch->revoked_sessions.end());
    }
    return all;
  }

  void Clear() { batches_.clear(); }

 private:
  Executor& executor_;
  std::vector<std::shared_ptr<const CommitBatch>> batches_;
};

}  // namespace chat::contracts
