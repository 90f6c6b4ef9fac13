// Whole clusters under faults, one for each seed: what ClusterNode promises holds in all of them.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "server/cluster/cluster_world.h"

namespace chat::cluster {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSeeds = 150;

TEST(ClusterSimulationTest, PromisesHoldWhateverTheBroadcastAndTheNodesDo) {
  std::map<std::string, std::uint64_t> happened;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ClusterWorld world(seed);
    world.Disturb(40s);
    world.Heal(18s);
    ASSERT_EQ(world.Check(), "");
    for (const auto& [what, times] : world.happened()) happened[what] += times;
  }
  for (const char* what : {"deaths", "pauses", "outages", "commits in doubt", "horizons",
                           "log reads", "leases ended", "leases taken anew", "messages dropped"}) {
    EXPECT_GT(happened[what], kSeeds / 10) << what;
  }
}

}  // namespace
}  // namespace chat::cluster
