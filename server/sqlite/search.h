// Finding texts in the embedded store.
#pragma once

#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/search.h"
#include "server/sqlite/database.h"

namespace chat::sqlite {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Search final : public chat::Search {
 public:
  Search(Database& database, Executor& home) : database_(database), home_(home) {}

  void Find(SearchRequest request, Completion<SearchPage, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::sqlite
