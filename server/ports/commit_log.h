// Port: what the nodes that share a store have committed, as the store itself knows it. Hints say
// the same sooner; this is where a lost hint is noticed and made good.
#pragma once

#include <memory>
#include <vector>

#include "server/ports/bus.h"
#include "server/ports/completion.h"

namespace chat {

// Thread: called and completed on the cluster's loop.
class CommitLog {
 public:
  virtual ~CommitLog() = default;

  // The last batch of each lane of each origin that the log still holds. Everything a read has
  // seen that ended before this call began is at or below these.
  // Limits: answers within 2 s.
  virtual void ReadHeads(Completion<std::vector<LogPosition>, ReadError> done) = 0;

  // The batches of one lane after `after`, ascending and whole, their entries read back from the
  // conversations. Rows live for 10 minutes: where the answer starts later than the next batch, the
  // log has forgotten what was between.
  // Limits: up to 100 batches, and 16 MiB of text; at least one where there is one; answers within
  // 5 s.
  virtual void ReadAfter(
      LogPosition after,
      Completion<std::vector<std::shared_ptr<const CommitBatch>>, ReadError> done) = 0;
};

}  // namespace chat
