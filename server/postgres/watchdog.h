// Ends what PostgreSQL does not answer. A call of libpq waits for as long as the connection stands,
// also where the other side is frozen; shutting the socket down is what ends the wait.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

namespace chat::postgres {

// Thread: any; its own shuts sockets down. Lifetime: longer than its watches.
class Watchdog {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // Shuts `socket` down when the watch still stands at `deadline`.
  //
  // Lifetime: shorter than the socket is open.
  class Watch {
   public:
    Watch(Watchdog& watchdog, int socket, SteadyTime deadline)
        : watchdog_(watchdog), key_(watchdog.Add(socket, deadline)) {}
    ~Watch() { watchdog_.Remove(key_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Watchdog& watchdog_;
    const std::uint64_t key_;
  };

  // Waits until `end`, before another try to reach PostgreSQL. False when there is to be none.
  bool Pause(SteadyTime end);
  // Ends all pauses, also those to come.
  void EndPauses();

  Watchdog() : thread_([this] { Run(); }) {}
  ~Watchdog();

 private:
  struct Watched {
    int socket;
    SteadyTime deadline;
  };

  std::uint64_t Add(int socket, SteadyTime deadline);
  void Remove(std::uint64_t key);
  void Run();
  // Shuts down what is overdue; answers when the next one is.
  SteadyTime EndOverdue();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Watched> watched_;
  std::uint64_t last_key_ = 0;
  SteadyTime next_deadline_ = SteadyTime::max();
  bool stopping_ = false;
  std::condition_variable pauses_ended_;
  bool pauses_are_over_ = false;
  std::thread thread_;
};

}  // namespace chat::postgres
