// Entries of conversations in PostgreSQL.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/messages.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Messages final : public chat::Messages {
 public:
  Messages(Database& database, Executor& home) : database_(database), home_(home) {}

  void Append(NewMessage message, Completion<Appended, AppendError> done) override;
  // `as_of` is SteadyNumber() at the end of the read.
  void ReadPage(EntryPageRequest page, Completion<EntryPage, ViewError> done) override;
  void ReadRange(ConversationId conversation, Seq after, Seq through,
                 Completion<std::vector<Entry>, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
