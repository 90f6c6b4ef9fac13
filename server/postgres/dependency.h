// Whether PostgreSQL can read and write now.
#pragma once

#include <functional>

#include "server/ports/dependency.h"
#include "server/ports/executor.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Finds out by doing: each check commits a small change. So it also notices that a failure is over
// when nobody else writes.
//
// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Dependency final : public chat::Dependency {
 public:
  Dependency(Database& database, Executor& home) : database_(database), home_(home) {}

  void Check(std::move_only_function<void(DependencyState)> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
