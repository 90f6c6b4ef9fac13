// Edits, deletions and reactions in PostgreSQL.
#pragma once

#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/message_changes.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class MessageChanges final : public chat::MessageChanges {
 public:
  MessageChanges(Database& database, Executor& home) : database_(database), home_(home) {}

  void Edit(EditRequest edit, Completion<EntryChanged, ChangeError> done) override;
  void Delete(DeleteRequest request, Completion<EntryChanged, ChangeError> done) override;
  void React(ReactRequest reaction, Completion<EntryChanged, ChangeError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
