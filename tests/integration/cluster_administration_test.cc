// What an operator does with chatctl at one node, as it is felt at another.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "protocol/chat.pb.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/api.h"
#include "tests/harness/chatctl.h"
#include "tests/harness/child_process.h"
#include "tests/harness/cluster_world.h"
#include "tests/harness/deadline.h"
#include "tests/harness/http_client.h"
#include "tests/harness/person.h"

namespace chat::testing {
namespace {

std::filesystem::path MakeToken() {
  const std::filesystem::path file = MakeTestFolder("token") / "token";
  std::ofstream(file) << "q7VnR2xT9bLk4mZs0HwYc1fUe8JdPa6G\n";
  return file;
}

int StatusOf(const Endpoint& node, const std::string& access_token) {
  Api api(node);
  api.set_access_token(access_token);
  return api.Get<v1::UserResponse>("/v1/users/me").status;
}

ApiAnswer<v1::LoginResponse> LogIn(const Endpoint& node, const std::string& username) {
  v1::LoginRequest request;
  request.set_username(username);
  request.set_password(std::string(Person::kPassword));
  return Api(node).Post<v1::LoginResponse>("/v1/auth/login", request);
}

class ClusterAdministrationTest : public ::testing::Test {
 protected:
  ~ClusterAdministrationTest() override { std::filesystem::remove_all(token_file_.parent_path()); }

  const Endpoint& here() { return world_.node(0).endpoint(); }
  const Endpoint& there() { return world_.node(1).endpoint(); }

  std::filesystem::path token_file_ = MakeToken();
  ClusterWorld world_{{.flags = {"--admin-token-file=" + token_file_.string()}}};
  // Asks the first node.
  Chatctl chatctl_{world_.node(0).admin(), token_file_};
};

TEST_F(ClusterAdministrationTest, WhoIsDisabledIsOutAtTheOtherNode) {
  Person bob = world_.Joins("bob", 1);

  chatctl_.Do({"users", "disable", "bob"});

  bob.IsClosedWith(websocket::CloseCode::kSessionExpired);
  EXPECT_EQ(StatusOf(there(), bob.login().access_token()), 401);
  const auto refused = LogIn(there(), "bob");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.problem.code(), "bad_credentials");

  chatctl_.Do({"users", "enable", "bob"});
  EXPECT_EQ(LogIn(there(), "bob").status, 200);
}

TEST_F(ClusterAdministrationTest, ASessionThatIsRevokedLosesItsSocketAtTheOtherNode) {
  Person phone = world_.Joins("bob", 1);
  Person laptop = world_.JoinsAgain(phone, "laptop", 1);

  chatctl_.Do({"sessions", "revoke", "bob", std::to_string(phone.login().session_id())});

  phone.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  EXPECT_EQ(StatusOf(there(), laptop.login().access_token()), 200);

  chatctl_.Do({"users", "reset-password", "bob", "--generate"});

  laptop.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  EXPECT_EQ(LogIn(there(), "bob").status, 401);
}

TEST_F(ClusterAdministrationTest, ANewKeyIsKnownEverywhereAtOnceAndOldTokensLive) {
  Person bob = world_.Joins("bob", 1);
  const std::string old_token = bob.login().access_token();

  ASSERT_EQ(ValueOf("key_id", chatctl_.Do({"keys", "rotate"})), "2");
  const std::string new_token = LogIn(here(), "bob").body.access_token();

  EXPECT_TRUE(new_token.starts_with("v1.2.")) << "the node that was asked signs with it at once";
  EXPECT_EQ(StatusOf(there(), new_token), 200) << "the other one looks for it";
  for (const Endpoint& node : {here(), there()}) EXPECT_EQ(StatusOf(node, old_token), 200);
  bob.Connects();
}

// As documented within 10 s; more on a machine that does other things too.
TEST_F(ClusterAdministrationTest, TheOtherNodeSoonSignsWithTheNewKeyByItself) {
  Person bob = world_.Joins("bob", 1);
  ASSERT_TRUE(bob.TakesATicket().starts_with("v1.1."));
  chatctl_.Do({"keys", "rotate"});

  const Deadline deadline(std::chrono::seconds(25));
  std::string ticket;
  while (!ticket.starts_with("v1.2.") && !deadline.passed()) ticket = bob.TakesATicket();

  EXPECT_TRUE(ticket.starts_with("v1.2."));
}

TEST_F(ClusterAdministrationTest, ATraceNamesTheNodeThatCommitted) {
  Person alice = world_.Joins("alice", 0);
  Person bob = world_.Joins("bob", 1);
  alice.Befriends(bob);
  bob.OpensChatWith(alice);
  alice.TalksIn(bob.conversation());
  const Acked sent = bob.Sends("from over there");
  alice.Receives("from over there");

  const std::string trace = chatctl_.Do({"trace", std::to_string(sent.message_id)});

  EXPECT_EQ(ValueOf("committed_by", trace), "node-1");
  EXPECT_EQ(ValueOf("seq", trace), "1 of 1");
  EXPECT_TRUE(trace.contains("alice (" + std::to_string(alice.user().user_id()) + "), online"))
      << trace;
}

TEST_F(ClusterAdministrationTest, ExportsFromAnyNode) {
  Person alice = world_.Joins("alice", 0);
  Person bob = world_.Joins("bob", 1);
  alice.Befriends(bob);
  bob.OpensChatWith(alice);
  bob.Sends("from over there");

  const std::string exported = chatctl_.Do({"export", "bob"});

  EXPECT_TRUE(exported.contains("from over there")) << exported;
  EXPECT_TRUE(exported.ends_with("{\"complete\":true}\n")) << exported;
}

TEST_F(ClusterAdministrationTest, ChecksTheStoresOfTheCluster) {
  const ChatctlAnswer good =
      chatctl_.Run({"check", "--postgres=" + world_.postgres().url(),
                    "--redis=" + world_.redis().url(), "--durability=unsafe"});

  EXPECT_EQ(good.exit_code, 0) << good.output << good.errors;
  EXPECT_TRUE(good.output.contains("redis")) << good.output;
}

TEST(ClusterWithoutTokenTest, ServesNoAdministrationAtAll) {
  ClusterWorld world({.nodes = 1});
  const HttpClient client(world.node(0).admin());

  EXPECT_EQ(
      client
          .Do({.target = "/admin/users/alice", .access_token = "q7VnR2xT9bLk4mZs0HwYc1fUe8JdPa6G"})
          .status,
      404);
  EXPECT_EQ(client.Get("/metrics").status, 200);
}

}  // namespace
}  // namespace chat::testing
