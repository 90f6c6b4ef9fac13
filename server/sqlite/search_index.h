// The index that finds texts in the embedded store.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/search_index.h"
#include "server/sqlite/database.h"

namespace chat::sqlite {

// Thread: that of `home`. Lifetime: shorter than `database` and `home`.
class SearchIndex final : public chat::SearchIndex {
 public:
  SearchIndex(Database& database, Executor& home) : database_(database), home_(home) {}

  void FindBehind(ConversationId after, Completion<BehindPage, ReadError> done) override;
  // Texts are read and split beside the writer, which only stores what came of it: at most 200
  // entries in one commit.
  void Update(std::vector<ConversationId> conversations,
              Completion<IndexedBatch, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::sqlite
