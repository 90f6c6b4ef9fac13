#include "server/redis/test_node.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace chat::redis {
namespace {

// Nodes must not have the same numbers; a seed per node makes them repeatable.
std::uint32_t NextSeed() {
  static std::uint32_t seed = 0;
  return seed += 1'000'003;
}

}  // namespace

bool TestLoop::RunUntil(const std::function<bool()>& condition,
                        std::chrono::milliseconds patience) {
  const testing::Deadline deadline(patience);
  while (!condition()) {
    if (deadline.passed()) return false;
    io_context_.run_one_for(std::chrono::milliseconds(20));
  }
  return true;
}

void TestLoop::RunFor(std::chrono::milliseconds time) { io_context_.run_for(time); }

TestNode::TestNode(TestLoop& loop, BroadcastOptions options)
    : loop_(loop), last_random_(NextSeed()) {
  options.random = [this] { return last_random_ = last_random_ * 1'664'525 + 1'013'904'223; };
  auto opened = Broadcast::Open(loop.io_context().get_executor(), std::move(options));
  EXPECT_TRUE(opened) << opened.error();
  broadcast_ = *std::move(opened);
  broadcast_->Start(listener_);
}

RedisUrl TestNode::Parse(const std::string& url) {
  auto parsed = ParseRedisUrl(url);
  EXPECT_TRUE(parsed) << url;
  return parsed ? *std::move(parsed) : RedisUrl();
}

bool TestNode::IsJoined() {
  return loop_.RunUntil([this] { return listener_.is_joined(); });
}

bool TestNode::WasLost(int times) {
  return loop_.RunUntil([&] { return listener_.lost() >= times; });
}

bool TestNode::Becomes(BroadcastStatus status) {
  return loop_.RunUntil([&] { return broadcast_->state().status == status; });
}

bool TestNode::HasHeard(const std::string& message) {
  return loop_.RunUntil(
      [&] { return std::ranges::find(listener_.heard(), message) != listener_.heard().end(); });
}

}  // namespace chat::redis
