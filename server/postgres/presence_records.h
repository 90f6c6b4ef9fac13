// When users were last seen, and by whom, in PostgreSQL.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/presence_records.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class PresenceRecords final : public chat::PresenceRecords {
 public:
  PresenceRecords(Database& database, Executor& home) : database_(database), home_(home) {}

  void RecordLastSeen(std::vector<LastSeen> seen) override;
  void FindVisible(UserId viewer, std::vector<UserId> users,
                   Completion<std::vector<LastSeen>, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
