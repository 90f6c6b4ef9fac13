// Read and delivered marks, and a member's own settings, in the embedded store.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/marks.h"
#include "server/sqlite/database.h"

namespace chat::sqlite {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Marks final : public chat::Marks {
 public:
  Marks(Database& database, Executor& home) : database_(database), home_(home) {}

  void Advance(std::vector<Mark> marks,
               Completion<std::vector<MarksMoved>, ReadError> done) override;
  void FindListeners(UserId user, ConversationId conversation,
                     Completion<std::vector<UserId>, ReadError> done) override;
  void ListReaders(ReaderPageRequest page,
                   Completion<std::vector<Reader>, ViewError> done) override;
  void Set(MemberSettings settings, Completion<ConversationView, ViewError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::sqlite
