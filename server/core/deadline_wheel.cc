#include "server/core/deadline_wheel.h"

#include <algorithm>
#include <cstddef>

namespace chat {
namespace {

std::int64_t TickAtOrAfter(ShardTime::duration since_start) {
  const std::int64_t tick = since_start / DeadlineWheel::kTick;
  return tick * DeadlineWheel::kTick < since_start ? tick + 1 : tick;
}

}  // namespace

void DeadlineWheelLink::InsertBefore(DeadlineWheelLink& other) {
  previous_ = other.previous_;
  next_ = &other;
  previous_->next_ = this;
  other.previous_ = this;
}

void DeadlineWheelLink::Unlink() {
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = this;
}

DeadlineWheel::DeadlineWheel(ShardTime::duration timeout, Instant start)
    : timeout_(timeout),
      start_(start),
      buckets_(static_cast<std::size_t>(TickAtOrAfter(timeout)) + 1) {}

DeadlineWheelLink& DeadlineWheel::Bucket(Tick tick) {
  return buckets_[static_cast<std::size_t>(tick) % buckets_.size()];
}

// A deadline more than a round ahead shares its bucket with earlier ones, and is placed again
// there.
void DeadlineWheel::Place(DeadlineWheelEntry& entry) {
  entry.InsertBefore(Bucket(TickAtOrAfter(entry.last_activity() + timeout_ - start_)));
}

void DeadlineWheel::Add(DeadlineWheelEntry& entry, Instant now) {
  Remove(entry);
  Touch(entry, now);
  Place(entry);
}

void DeadlineWheel::Remove(DeadlineWheelEntry& entry) { entry.Unlink(); }

// Takes the next bucket; false when `end` is reached.
bool DeadlineWheel::Turn(Tick end) {
  if (tick_ >= end) return false;
  // After a long pause one round sees every bucket.
  tick_ = std::max(tick_ + 1, end - static_cast<Tick>(buckets_.size()) + 1);
  DeadlineWheelLink& bucket = Bucket(tick_);
  due_.InsertBefore(bucket);
  bucket.Unlink();
  return true;
}

// Null when there is no other.
DeadlineWheelEntry* DeadlineWheel::NextExpired(Instant now) {
  const Tick end = (now - start_) / kTick;
  do {
    while (!due_.alone()) {
      auto& entry = static_cast<DeadlineWheelEntry&>(*due_.next());
      entry.Unlink();
      if (entry.last_activity() + timeout_ <= now) return &entry;
      Place(entry);
    }
  } while (Turn(end));
  return nullptr;
}

}  // namespace chat
