// Every node is stopped and started again, one after the other, while people talk: clients that do
// what `go_away` says notice nothing of it.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/harness/chatter.h"
#include "tests/harness/cluster_world.h"
#include "tests/harness/deadline.h"
#include "tests/integration/cluster_talk.h"

namespace chat::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RollingRestartTest, RefusesNoSendAndKeepsNobodyWaiting) {
  ClusterWorld world;
  ClusterTalk talk(world);
  talk.Talk(seconds(1));

  for (const int leaving : {0, 1}) {
    SCOPED_TRACE("node " + std::to_string(leaving));
    talk.ComeBackTo({1 - leaving});  // as a load balancer that asks /readyz
    world.node(leaving).Terminate();
    ASSERT_TRUE(talk.TalkUntil([&] { return world.node(leaving).has_ended(); }, Deadline()));
    EXPECT_EQ(world.node(leaving).ExitCode(), 0);
    world.node(leaving).Restart();
    world.AwaitReady(leaving);
    talk.ComeBackTo({0, 1});
    talk.Talk(milliseconds(500));
  }

  talk.Judge();
  for (const Chatter& chatter : talk.chatters()) {
    EXPECT_EQ(chatter.refusals(), 0u);
    EXPECT_GE(chatter.comebacks(), 1u);
    EXPECT_LE(chatter.longest_silence(), seconds(2));
  }
}

}  // namespace
}  // namespace chat::testing
