#include "server/redis/limited_node.h"

#include <gtest/gtest.h>

#include <optional>

namespace chat::redis {

void LoopExecutor::Post(Task task) {
  asio::post(loop_.io_context(), [task = std::move(task)]() mutable { task(); });
}

LimitedNode::LimitedNode(TestLoop& loop, const std::string& url, const Rates& rates,
                         std::string name)
    : loop_(loop),
      executor_(loop),
      node_(loop, url),
      local_(rates),
      limits_({.loop = executor_,
               .timers = loop.io_context().get_executor(),
               .redis = node_.broadcast(),
               .local = local_,
               .key_prefix = "chat:test",
               .node = std::move(name)}) {
  EXPECT_TRUE(node_.IsJoined());
}

RateWait LimitedNode::Take(const RateKey& key) {
  std::optional<RateWait> answer;
  limits_.Take(key, executor_, [&](RateWait wait) { answer = wait; });
  EXPECT_TRUE(loop_.RunUntil([&] { return answer.has_value(); }));
  return answer.value_or(RateWait());
}

}  // namespace chat::redis
