// Finds the connections that have been silent for too long, without a timer per connection:
// activity only notes its time, and a wheel of short turns looks at a connection again when its
// earlier deadline passes. It closes nothing; the hub does.
#pragma once

#include <cstdint>
#include <vector>

#include "server/core/moment.h"

namespace chat {

// A place in a ring of such links; alone in its own ring when it is in no other.
class DeadlineWheelLink {
 public:
  DeadlineWheelLink() = default;
  DeadlineWheelLink(const DeadlineWheelLink&) = delete;
  DeadlineWheelLink& operator=(const DeadlineWheelLink&) = delete;
  ~DeadlineWheelLink() { Unlink(); }

  bool alone() const { return next_ == this; }
  DeadlineWheelLink* next() { return next_; }
  void InsertBefore(DeadlineWheelLink& other);
  void Unlink();

 private:
  DeadlineWheelLink* previous_ = this;
  DeadlineWheelLink* next_ = this;
};

// What a wheel watches derives from this.
//
// Thread: the wheel's. Lifetime: any; it leaves the wheel when it ends, and may outlive it.
class DeadlineWheelEntry : private DeadlineWheelLink {
 public:
  Instant last_activity() const { return last_activity_; }

 protected:
  DeadlineWheelEntry() = default;
  ~DeadlineWheelEntry() = default;

 private:
  friend class DeadlineWheel;

  Instant last_activity_{};
};

// All entries of one shard, by when each has to be looked at next.
//
// Thread: the shard's. Lifetime: the hub's. Time never goes back between calls.
class DeadlineWheel {
 public:
  // An entry expires within this after its deadline, and never before it.
  static constexpr ShardTime::duration kTick{100};

  DeadlineWheel(ShardTime::duration timeout, Instant start);

  // Watches `entry`, which is active now.
  void Add(DeadlineWheelEntry& entry, Instant now);

  // Stops watching; nothing when it was not watched.
  void Remove(DeadlineWheelEntry& entry);

  // `entry` is active now. This is all that a heartbeat costs.
  static void Touch(DeadlineWheelEntry& entry, Instant now) { entry.last_activity_ = now; }

  // Calls `expire` with each entry that was silent for the whole timeout, which is then no longer
  // watched. `expire` may add, touch, remove and destroy any entry.
  template <typename Expire>
  void Advance(Instant now, Expire expire) {
    while (DeadlineWheelEntry* const entry = NextExpired(now)) expire(*entry);
  }

 private:
  using Tick = std::int64_t;

  DeadlineWheelEntry* NextExpired(Instant now);
  DeadlineWheelLink& Bucket(Tick tick);
  void Place(DeadlineWheelEntry& entry);
  bool Turn(Tick end);

  ShardTime::duration timeout_;
  Instant start_;
  Tick tick_ = 0;  // the last one whose bucket was taken
  std::vector<DeadlineWheelLink> buckets_;
  DeadlineWheelLink due_;  // taken from buckets, still to be looked at
};

}  // namespace chat
