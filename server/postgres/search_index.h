// The index that finds texts in PostgreSQL.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/search_index.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Works on a connection of its own. Nodes that index the same conversation at the same time do not
// wait for each other: one does it.
//
// Thread: that of `home`. Lifetime: shorter than `database` and `home`.
class SearchIndex final : public chat::SearchIndex {
 public:
  SearchIndex(Database& database, Executor& home) : database_(database), home_(home) {}

  void FindBehind(ConversationId after, Completion<BehindPage, ReadError> done) override;
  // At most 500 entries, and 500 changes.
  void Update(std::vector<ConversationId> conversations,
              Completion<IndexedBatch, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
