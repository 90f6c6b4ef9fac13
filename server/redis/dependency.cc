#include "server/redis/dependency.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace chat::redis {

void Dependency::Check(std::move_only_function<void(DependencyState)> done) {
  asio::post(loop_, [&broadcast = broadcast_, &home = home_, done = std::move(done)]() mutable {
    const BroadcastState& state = broadcast.state();
    home.Post([answer = DependencyState{.name = "redis",
                                        .ready = state.status == BroadcastStatus::kJoined,
                                        .detail = state.detail},
               done = std::move(done)]() mutable { done(std::move(answer)); });
  });
}

}  // namespace chat::redis
