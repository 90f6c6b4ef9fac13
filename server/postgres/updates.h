// What changed of a user's own things, in PostgreSQL.
#pragma once

#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/updates.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Updates final : public chat::Updates {
 public:
  Updates(Database& database, Executor& home) : database_(database), home_(home) {}

  void ReadPage(UpdateRequest request, Completion<UpdatePage, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
