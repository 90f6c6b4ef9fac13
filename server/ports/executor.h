// The one way work reaches a shard from elsewhere: a queue of closures that the shard's own thread
// runs. Stores and the bus complete through it, so core never sees another thread. Implemented by
// runtime::Shard, and by tests that run closures by hand.
#pragma once

#include <functional>

namespace chat {

using Task = std::move_only_function<void()>;

// Thread: Post may be called from any thread; tasks run one at a time, in the order posted.
// Lifetime: outlives every adapter that was given it.
class Executor {
 public:
  virtual ~Executor() = default;

  // Runs `task` later on the executor's thread, never before Post returns.
  virtual void Post(Task task) = 0;
};

}  // namespace chat
