// The broadcast with a real Redis that asks for passwords, speaks TLS, or is of a kind that we
// refuse.

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "server/redis/broadcast.h"
#include "server/redis/test_certificate.h"
#include "server/redis/test_node.h"
#include "tests/harness/child_process.h"
#include "tests/harness/redis_server.h"
#include "tests/harness/store_process.h"

namespace chat::redis {
namespace {

using testing::RedisServer;

std::string UnixUrl(const RedisServer& server, const std::string& before_the_path) {
  return "unix://" + before_the_path + server.socket().string();
}

TEST(BroadcastPasswordRedisTest, RightPasswordJoins) {
  const RedisServer server({.settings = {"requirepass \"hunter2 @/%\""}});
  TestLoop loop;
  TestNode node(loop, UnixUrl(server, ":hunter2%20%40%2F%25@"));
  EXPECT_TRUE(node.IsJoined()) << node.detail();
}

TEST(BroadcastPasswordRedisTest, UserWithItsPasswordJoins) {
  const RedisServer server({.settings = {"user default off",
                                         "user node on >hunter2 resetchannels &chat:* "
                                         "+ping +info +role +select +publish +subscribe"}});
  TestLoop loop;
  TestNode node(loop, UnixUrl(server, "node:hunter2@") + "?db=1");
  EXPECT_TRUE(node.IsJoined()) << node.detail();
}

TEST(BroadcastPasswordRedisTest, WrongPasswordIsSaidWithoutIt) {
  const RedisServer server({.settings = {"requirepass right"}});
  TestLoop loop;
  TestNode node(loop, UnixUrl(server, ":hunter2@"));
  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));
  EXPECT_EQ(node.detail(), "Redis at " + server.socket().string() +
                               " is not usable: it does not know this user and password.");
}

TEST(BroadcastPasswordRedisTest, MissingPasswordIsSaid) {
  const RedisServer server({.settings = {"requirepass right"}});
  TestLoop loop;
  TestNode node(loop, server.url());
  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));
  EXPECT_TRUE(node.detail().ends_with(": it asks for a password.")) << node.detail();
}

TEST(BroadcastPasswordRedisTest, PasswordThatNobodyAskedForIsSaid) {
  const RedisServer server;
  TestLoop loop;
  TestNode node(loop, UnixUrl(server, ":hunter2@"));
  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));
  EXPECT_TRUE(node.detail().ends_with(": it has no password but one is given.")) << node.detail();
}

TEST(BroadcastPasswordRedisTest, UserWithoutTheRightsIsSaid) {
  const RedisServer server({.settings = {"user node on >hunter2 allchannels +info +role"}});
  TestLoop loop;
  TestNode node(loop, UnixUrl(server, "node:hunter2@"));
  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));
  EXPECT_TRUE(node.detail().ends_with(": this user may not do what a node does.")) << node.detail();
}

TEST(BroadcastDatabaseRedisTest, NumberIsSelected) {
  const RedisServer server;
  TestLoop loop;
  TestNode node(loop, server.url() + "?db=5");
  ASSERT_TRUE(node.IsJoined());

  const std::string clients = server.Command({"CLIENT", "LIST"});

  EXPECT_TRUE(clients.contains(" db=5 ")) << clients;
}

TEST(BroadcastDatabaseRedisTest, NumberThatIsNotThereIsSaid) {
  const RedisServer server;
  TestLoop loop;
  TestNode node(loop, server.url() + "?db=16");
  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));
  EXPECT_TRUE(node.detail().ends_with(": it has no database of this number.")) << node.detail();
}

TEST(BroadcastClusterRedisTest, RedisClusterIsRefused) {
  const RedisServer server({.settings = {"cluster-enabled yes"}, .listens_on_tcp = true});
  TestLoop loop;
  std::vector<BroadcastState> states;
  TestNode node(loop, BroadcastOptions{.url = TestNode::Parse(server.tcp_url() + "/1"),
                                       .random = {},
                                       .on_change = [&](const BroadcastState& state) {
                                         states.push_back(state);
                                       }});

  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnsupported));

  // Once, however often it is tried.
  EXPECT_TRUE(loop.RunUntil([&] { return node.broadcast().counters().reconnects >= 2; }));
  const BroadcastState refused{
      .status = BroadcastStatus::kUnsupported,
      .detail = "Redis at 127.0.0.1:" + std::to_string(server.port()) +
                " runs in cluster mode, which is not supported: give a Redis without it, or "
                "Sentinel."};
  EXPECT_EQ(states, std::vector<BroadcastState>{refused});
}

class BroadcastTlsRedisTest : public ::testing::Test {
 protected:
  // A Redis that speaks TLS only and bears this name.
  void StartRedis(const std::string& bearer) {
    certificate_ = MakeTestCertificate(folder_, bearer);
    server_.emplace(
        testing::RedisOptions{.settings = {"tls-port " + std::to_string(port_),
                                           "tls-cert-file " + certificate_.certificate.string(),
                                           "tls-key-file " + certificate_.key.string(),
                                           "tls-ca-cert-file " + certificate_.certificate.string(),
                                           "tls-auth-clients no"}});
  }

  std::string Url() const { return "rediss://127.0.0.1:" + std::to_string(port_); }
  std::string TrustingUrl() const { return Url() + "?ca=" + certificate_.certificate.string(); }

  const std::filesystem::path folder_ = testing::MakeTestFolder("tls");
  const std::uint16_t port_ = testing::FindFreePort();
  TestCertificate certificate_;
  std::optional<RedisServer> server_;
  TestLoop loop_;
};

TEST_F(BroadcastTlsRedisTest, TrustedServerIsJoinedAndHeard) {
  StartRedis("IP:127.0.0.1");
  TestNode node(loop_, TrustingUrl());
  ASSERT_TRUE(node.IsJoined()) << node.detail();

  for (int count = 0; count < 20; ++count) node.broadcast().Say(std::string(100'000, 'x'));
  node.broadcast().Say("the end");

  EXPECT_TRUE(node.HasHeard("the end")) << node.detail();
  EXPECT_EQ(node.listener().heard().size(), 21u);
  EXPECT_EQ(node.listener().lost(), 0);
}

TEST_F(BroadcastTlsRedisTest, ServerThatTheSystemDoesNotTrustIsNotUsed) {
  StartRedis("IP:127.0.0.1");
  TestNode node(loop_, Url());
  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));
  EXPECT_TRUE(node.detail().ends_with("is not usable: TLS failed: self-signed certificate."))
      << node.detail();
}

TEST_F(BroadcastTlsRedisTest, CertificateOfSomebodyElseIsNotUsed) {
  StartRedis("IP:127.0.0.2");
  TestNode node(loop_, TrustingUrl());
  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));
  EXPECT_TRUE(node.detail().ends_with("is not usable: TLS failed: IP address mismatch."))
      << node.detail();
}

TEST_F(BroadcastTlsRedisTest, ServerWithoutTlsIsNotUsed) {
  const RedisServer plain({.listens_on_tcp = true});
  TestNode node(loop_, "rediss://127.0.0.1:" + std::to_string(plain.port()));
  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));
  EXPECT_TRUE(node.detail().contains("is not usable: ")) << node.detail();
}

TEST_F(BroadcastTlsRedisTest, FileOfCertificatesThatIsNotThereIsAnError) {
  const auto opened = Broadcast::Open(
      loop_.io_context().get_executor(),
      {.url = TestNode::Parse("rediss://h?ca=/nowhere/ca.pem"), .random = [] { return 0u; }});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), "No certificates can be read from /nowhere/ca.pem.");
}

}  // namespace
}  // namespace chat::redis
