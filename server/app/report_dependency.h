// What the cluster's loop knows of this node, as a thing that /readyz shows by name. It asks
// nobody: the answer is there at once, also when the loop stands still.
#pragma once

#include <functional>
#include <memory>

#include "server/app/cluster_loop.h"
#include "server/ports/dependency.h"
#include "server/ports/executor.h"

namespace chat::app {

// "cluster": the lease is fresh and all that was committed is handed on.
// Lifetime: shorter than `loop` and `home`.
std::unique_ptr<Dependency> MakeClusterDependency(const ClusterLoop& loop, Executor& home);

}  // namespace chat::app
