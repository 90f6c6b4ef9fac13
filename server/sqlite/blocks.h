// Blocks in SQLite.
#pragma once

#include <vector>

#include "server/ports/blocks.h"
#include "server/ports/executor.h"
#include "server/sqlite/database.h"

namespace chat::sqlite {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Blocks final : public chat::Blocks {
 public:
  Blocks(Database& database, Executor& home) : database_(database), home_(home) {}

  void Block(UserId blocker, UserId blocked, Completion<void, BlockError> done) override;
  void Unblock(UserId blocker, UserId blocked, Completion<void, BlockError> done) override;
  void List(BlockPageRequest page, Completion<std::vector<User>, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::sqlite
