// Two nodes count as one, and each for itself while there is no Redis.
#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "tests/harness/api.h"
#include "tests/harness/cluster_world.h"

namespace chat::testing {
namespace {

std::string CodeOfAGuess(ClusterWorld& world, int node) {
  v1::LoginRequest guess;
  guess.set_username("alice");
  guess.set_password("not this one");
  const Api api(world.node(node).endpoint());
  return api.Post<v1::LoginResponse>("/v1/auth/login", guess).problem.code();
}

TEST(ClusterRateLimitsTest, TwoNodesShareTheLoginsOfAnAccountAndEachHasItsOwnWithoutRedis) {
  ClusterWorld world({.flags = {"--rate-limits=default"}});
  const Person alice = world.Arrives("alice", 0);  // which logs in once
  for (int i = 0; i < 4; ++i) EXPECT_EQ(CodeOfAGuess(world, 0), "bad_credentials");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(CodeOfAGuess(world, 1), "bad_credentials");

  EXPECT_EQ(CodeOfAGuess(world, 0), "rate_limited");
  EXPECT_EQ(CodeOfAGuess(world, 1), "rate_limited");

  world.redis().Kill();

  // Each goes on from what it gave out itself: five of ten.
  int granted = 0;
  for (int i = 0; i < 12; ++i) granted += CodeOfAGuess(world, 0) == "bad_credentials";
  EXPECT_GE(granted, 5);
  EXPECT_LT(granted, 12);
}

}  // namespace
}  // namespace chat::testing
