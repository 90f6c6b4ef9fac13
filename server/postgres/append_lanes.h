// The threads that append messages. The first writes whatever comes, all that gathered while its
// last commit was in flight in one transaction (group commit, no timer), and passes by
// conversations that somebody else holds. Those go to the second, which tries them until their
// deadline, so that only they wait.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "protocol/ids.h"
#include "server/jobs/bounded_queue.h"
#include "server/measures/queue_measures.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/messages.h"
#include "server/postgres/append.h"
#include "server/postgres/append_log.h"

namespace chat::postgres {

// A message on its way into the store, and who waits for it.
struct AppendItem {
  PendingAppend pending;
  Executor* home;
  Completion<Appended, AppendError> done;
  SteadyTime deadline;
};

// Thread: Submit any; its own append.
// Lifetime: Stop, or the destructor, ends it; all that it was given and the executors outlive it.
class AppendLanes {
 public:
  struct Options {
    QueueLimits queue;
    std::chrono::milliseconds deadline;  // from Submit to the answer
    std::size_t batch_items_max = 256;
    std::size_t batch_bytes_max = 8 * 1024 * 1024;
    ConnectOptions connect;
  };

  AppendLanes(Options options, AppendLog::Surroundings surroundings);
  ~AppendLanes();

  // Limits: what does not fit into the queue completes with kUnavailable at once.
  void Submit(Executor& home, NewMessage message, Completion<Appended, AppendError> done);

  // Messages submitted since the start.
  std::uint64_t item_count() const { return item_count_.load(); }
  QueueMeasures queue_measures() const { return fast_.measures(); }
  QueueMeasures locked_queue_measures() const { return slow_.measures(); }

  // Finishes what is being written, completes the rest with kUnavailable, and ends.
  void Stop();

 private:
  using Items = std::vector<AppendItem>;

  void RunFast();
  void AppendFast(Items items);
  void PassToSlow(Items items);

  void RunSlow();
  // One round over all that the second thread has; leaves what is still to be done.
  Items AppendSlow(Items waiting);
  Items WaitForOldest(Items waiting);

  Items TakeBatch(Items& items) const;
  Items RefuseOverdue(Items items);
  // Answers what the store decided, and returns what it skipped.
  Items HandOver(AppendLog& log, Items items, LockWait locks);
  void Answer(Items items, const std::vector<AppendVerdict>& verdicts);
  void Refuse(Items items);
  bool IsSlow(ConversationId conversation) const;
  void CountSlow(ConversationId conversation, int by);

  const Options options_;
  AppendLog fast_log_;
  AppendLog slow_log_;
  BoundedQueue<AppendItem> fast_;
  BoundedQueue<AppendItem> slow_;
  std::atomic<std::uint64_t> item_count_ = 0;
  std::atomic<bool> stopping_ = false;
  // Messages of each conversation that the second thread has and has not answered: later ones queue
  // behind them, so that a sender's order is kept.
  mutable std::mutex slow_mutex_;
  std::map<ConversationId, int> slow_counts_;
  std::thread fast_thread_;
  std::thread slow_thread_;
};

}  // namespace chat::postgres
