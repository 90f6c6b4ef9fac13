// The thread of the background reader that keeps the search index up to date. The reader's logic
// has no thread and no clock: this gives it turns, hands it what the bus says, and shows how it
// stands. The backends bring the index.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "server/core/search_reader.h"
#include "server/local/local_bus.h"
#include "server/ports/bus.h"
#include "server/ports/clock.h"
#include "server/ports/executor.h"
#include "server/ports/search_index.h"
#include "server/runtime/asio.h"
#include "server/runtime/shard.h"
#include "server/telemetry/metrics.h"

namespace chat::app {

// Thread: made, started and stopped by one; what is const, executor(), subscriber() and LookAtAll
// by any. Lifetime: longer than the store that completes on its executor; `clock` outlives it.
class SearchLoop {
 public:
  explicit SearchLoop(const Clock& clock);
  ~SearchLoop();

  Executor& executor() { return loop_; }

  // Who has to hear of each commit, whichever node made it.
  BusSubscriber subscriber();

  // The index completes on executor().
  void Start(std::unique_ptr<SearchIndex> index);

  // Some commits may have gone unheard.
  void LookAtAll();

  // Ends the thread, in the middle of what there is to do: the next start goes on there.
  void Stop();

  // How it stands, under the names of /metrics.
  std::vector<telemetry::PartNumber> numbers() const;

 private:
  void Hear(const BusMessage& message);
  void Tick();

  runtime::Shard loop_;
  asio::steady_timer tick_;
  std::unique_ptr<SearchIndex> index_;
  std::optional<SearchReader> reader_;

  mutable std::mutex mutex_;
  SearchReaderState state_;  // guarded by mutex_
};

}  // namespace chat::app
