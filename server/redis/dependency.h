// Whether Redis carries what nodes say to each other now. A node serves without it, slower: what
// follows from the answer is decided by whoever asks.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <utility>

#include "server/ports/dependency.h"
#include "server/ports/executor.h"
#include "server/redis/broadcast.h"
#include "server/runtime/asio.h"

namespace chat::redis {

// Thread: the shard's, whose `home` is; it asks the loop of `broadcast`, which is `loop`. Lifetime:
// shorter than `broadcast` and `home`. An answer is left out when the loop has ended.
class Dependency final : public chat::Dependency {
 public:
  Dependency(asio::any_io_executor loop, const Broadcast& broadcast, Executor& home)
      : loop_(std::move(loop)), broadcast_(broadcast), home_(home) {}

  void Check(std::move_only_function<void(DependencyState)> done) override;

 private:
  asio::any_io_executor loop_;
  const Broadcast& broadcast_;
  Executor& home_;
};

}  // namespace chat::redis
