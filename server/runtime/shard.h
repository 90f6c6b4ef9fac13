// One thread with one Asio loop: everything that belongs to a shard runs here and nowhere else.
//
// The loop goes in turns: it waits, runs what is ready and what was posted, up to a bound, and ends
// the turn. Ending it is where output gathered during the turn leaves in one write. It knows
// nothing of connections and chat.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <thread>

#include "server/core/moment.h"
#include "server/ports/clock.h"
#include "server/ports/executor.h"
#include "server/runtime/asio.h"

namespace chat::runtime {

struct ShardOptions {
  std::uint32_t number = 0;
  const Clock* clock = nullptr;  // outlives the shard
};

// What takes part in the turns of a shard. Set before Start; unset hooks do nothing.
struct TurnHooks {
  std::function<void(Moment now)> begin;  // before the turn's first task from a port or a socket
  std::function<void()> end;              // after the turn's last one
};

// Thread: Post, Stop and number() from any; all else from the thread that owns the shard while it
// is not running, or from the shard's own. Lifetime: outlives all that was given its io_context or
// its Executor.
class Shard final : public Executor {
 public:
  explicit Shard(ShardOptions options);
  ~Shard() override;

  void Post(Task task) override;

  void SetTurnHooks(TurnHooks hooks);

  // Runs the loop on a new thread until Stop.
  void Start();

  // Ends the loop after its current turn; what is queued stays unrun. Then Join waits for the
  // thread.
  void Stop();
  void Join();

  // Runs turns on the calling thread until Stop; Start does this on a thread of its own.
  void Run();

  // Samples the time and calls the hook, once per turn however often it is called. Whatever brings
  // outside events in calls it first.
  void BeginTurn();

  // The time of the current turn.
  Moment now() const { return now_; }

  asio::io_context& io_context() { return io_context_; }
  std::uint32_t number() const { return options_.number; }

 private:
  void RunTurn();
  void EndTurn();
  Moment Sample() const;

  ShardOptions options_;
  asio::io_context io_context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  TurnHooks hooks_;
  Moment now_;
  bool in_turn_ = false;
  std::atomic<int> posted_ = 0;  // tasks that wait; only a hint whether to go on with the turn
  std::thread thread_;
};

}  // namespace chat::runtime
