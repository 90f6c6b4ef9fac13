// What all nodes have committed, read from the table commit_log.
#pragma once

#include <memory>
#include <vector>

#include "server/ports/bus.h"
#include "server/ports/commit_log.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Reads on a connection of its own, so that it waits for no user's read.
//
// Thread: the cluster's loop. Lifetime: shorter than `database` and `home`.
class CommitLog final : public chat::CommitLog {
 public:
  CommitLog(Database& database, Executor& home) : database_(database), home_(home) {}

  void ReadHeads(Completion<std::vector<LogPosition>, ReadError> done) override;
  // The answer is also cut where it would have more than 1,000 entries.
  void ReadAfter(
      LogPosition after,
      Completion<std::vector<std::shared_ptr<const CommitBatch>>, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
