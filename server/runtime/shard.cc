#include "server/runtime/shard.h"

#include <boost/asio/post.hpp>
#include <cassert>
#include <chrono>
#include <utility>

namespace chat::runtime {
namespace {

// How many tasks one turn runs at most, so that output leaves also when there is always more to
// do.
constexpr int kTasksPerTurnMax = 64;

// Posting from the loop's own thread is cheaper when Asio knows that there is only one.
constexpr int kConcurrencyHint = 1;

}  // namespace

Shard::Shard(ShardOptions options)
    : options_(options),
      io_context_(kConcurrencyHint),
      work_(asio::make_work_guard(io_context_)),
      now_(Sample()) {}

Shard::~Shard() { assert(!thread_.joinable() && "Join before the end of a shard"); }

void Shard::Post(Task task) {
  posted_.fetch_add(1, std::memory_order_relaxed);
  asio::post(io_context_, [this, task = std::move(task)]() mutable {
    posted_.fetch_sub(1, std::memory_order_relaxed);
    BeginTurn();
    task();
  });
}

void Shard::SetTurnHooks(TurnHooks hooks) { hooks_ = std::move(hooks); }

void Shard::Start() {
  assert(!thread_.joinable());
  thread_ = std::thread([this] { Run(); });
}

void Shard::Stop() { io_context_.stop(); }

void Shard::Join() {
  if (thread_.joinable()) thread_.join();
}

void Shard::Run() {
  while (!io_context_.stopped()) RunTurn();
}

void Shard::RunTurn() {
  if (io_context_.run_one() == 0) return;
  // Asking Asio for more without knowing of any would cost a call to the system in each turn.
  for (int tasks = 1; tasks < kTasksPerTurnMax && posted_.load(std::memory_order_relaxed) > 0;
       ++tasks) {
    if (io_context_.poll_one() == 0) break;
  }
  EndTurn();
}

void Shard::BeginTurn() {
  if (in_turn_) return;
  in_turn_ = true;
  now_ = Sample();
  if (hooks_.begin) hooks_.begin(now_);
}

void Shard::EndTurn() {
  in_turn_ = false;
  if (hooks_.end) hooks_.end();
}

Moment Shard::Sample() const {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return {.steady = Instant(std::chrono::duration_cast<Instant::duration>(since_boot)),
          .wall = options_.clock->Now()};
}

}  // namespace chat::runtime
