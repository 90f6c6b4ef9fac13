// The bus of a server that is alone: it carries what was committed, and who came and went, between
// the shards of one process. Nothing is encoded; all shards share one immutable message.
#pragma once

#include <functional>
#include <vector>

#include "server/ports/bus.h"
#include "server/ports/executor.h"

namespace chat {

// Who hears of everything published, on an executor of their own.
struct BusSubscriber {
  Executor& executor;
  std::function<void(const BusMessage&)> handle;
};

// Thread: Publish any; Subscribe only while nobody publishes (at the start), so nothing needs a
// lock. Lifetime: outlives its publishers; executors and whatever the handlers use outlive it and
// the tasks it posted.
class LocalBus final : public Bus {
 public:
  void Subscribe(BusSubscriber subscriber);
  void Publish(BusMessage message) override;

 private:
  std::vector<BusSubscriber> subscribers_;
};

}  // namespace chat
