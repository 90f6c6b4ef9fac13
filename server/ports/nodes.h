// Port: the nodes that share a store. Each holds a lease that it renews; a node whose lease stands
// still is dead or frozen, and another ends it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"

namespace chat {

struct NodeLease {
  Epoch epoch;
  std::string name;
  // Rises with every renewal; whoever sees it stand still measures for how long with a clock of
  // their own.
  std::uint64_t renewals = 0;
};

struct NodeLeases {
  // This node's own. It changes when the lease was ended by another node: everything this node said
  // under the old one is void.
  Epoch own;
  std::vector<NodeLease> others;  // ascending by epoch
};

// Thread: called and completed on the cluster's loop.
class Nodes {
 public:
  virtual ~Nodes() = default;

  // Renews this node's lease, or takes a new one where it was ended, and reads those of the others.
  // Limits: one call at a time; answers within 2 s.
  virtual void Renew(Completion<NodeLeases, ReadError> done) = 0;

  // Ends a lease that still stands as it was `seen`. True for the one caller, of any number at
  // once, who ended it: that one writes down for `online` when they were last seen, which is when
  // the lease was renewed last.
  virtual void End(NodeLease seen, std::vector<UserId> online,
                   Completion<bool, ReadError> done) = 0;
};

}  // namespace chat
