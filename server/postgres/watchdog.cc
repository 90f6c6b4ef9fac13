#include "server/postgres/watchdog.h"

#include <sys/socket.h>

#include <algorithm>

namespace chat::postgres {
namespace {

// How long it sleeps while nothing is watched.
constexpr std::chrono::hours kIdle{1};

}  // namespace

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Watchdog::Pause(SteadyTime end) {
  std::unique_lock lock(mutex_);
  return !pauses_ended_.wait_until(lock, end, [this] { return pauses_are_over_; });
}

void Watchdog::EndPauses() {
  const std::lock_guard lock(mutex_);
  pauses_are_over_ = true;
  pauses_ended_.notify_all();
}

std::uint64_t Watchdog::Add(int socket, SteadyTime deadline) {
  const std::lock_guard lock(mutex_);
  watched_.emplace(++last_key_, Watched{socket, deadline});
  // Mostly the newest deadline is the latest, and its thread need not wake up for it.
  if (deadline < next_deadline_) {
    next_deadline_ = deadline;
    changed_.notify_all();
  }
  return last_key_;
}

void Watchdog::Remove(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  watched_.erase(key);
}

void Watchdog::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    next_deadline_ = EndOverdue();
    const SteadyTime idle_end = std::chrono::steady_clock::now() + kIdle;
    changed_.wait_until(lock, std::min(next_deadline_, idle_end));
  }
}

Watchdog::SteadyTime Watchdog::EndOverdue() {
  const SteadyTime now = std::chrono::steady_clock::now();
  SteadyTime next = SteadyTime::max();
  for (auto watch = watched_.begin(); watch != watched_.end();) {
    if (watch->second.deadline <= now) {
      ::shutdown(watch->second.socket, SHUT_RDWR);
      watch = watched_.erase(watch);
    } else {
      next = std::min(next, watch->second.deadline);
      ++watch;
    }
  }
  return next;
}

}  // namespace chat::postgres
