// The nodes that share the store, and this node among them.
#pragma once

#include <vector>

#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/nodes.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Uses a connection of its own, so that a lease waits for no user.
//
// Thread: the cluster's loop. Lifetime: shorter than `database` and `home`.
class Nodes final : public chat::Nodes {
 public:
  Nodes(Database& database, Executor& home) : database_(database), home_(home) {}

  void Renew(Completion<NodeLeases, ReadError> done) override;
  // Waits for what the other node is doing in the store; kUnavailable when that takes long.
  void End(NodeLease seen, std::vector<UserId> online, Completion<bool, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
