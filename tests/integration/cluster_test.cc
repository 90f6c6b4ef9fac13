// People at two nodes of one cluster, as if it were one server.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "protocol/chat.pb.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/api.h"
#include "tests/harness/chat_client.h"
#include "tests/harness/cluster_world.h"
#include "tests/harness/deadline.h"
#include "tests/harness/person.h"

namespace chat::testing {
namespace {

class ClusterTest : public ::testing::TestWithParam<Encoding> {
 protected:
  ClusterTest() {
    alice_.Befriends(bob_);
    alice_.OpensChatWith(bob_);
    alice_.ReceivesConversation("gained");
    bob_.ReceivesConversation("gained");
  }

  // Until she sees him online: word of a user at another node may be a second behind.
  void AliceWatchesBob() {
    const v1::PresenceEvent now = alice_.Watches({bob_.id()});
    ASSERT_EQ(now.users_size(), 1);
    if (!now.users(0).online()) alice_.Sees(bob_, Seen::kOnline);
  }

  ClusterWorld world_{{.encoding = GetParam(), .shards = 2}};
  Person alice_ = world_.Joins("alice", 0);
  Person bob_ = world_.Joins("bob", 1);
};

INSTANTIATE_TEST_SUITE_P(Encodings, ClusterTest,
                         ::testing::Values(Encoding::kJson, Encoding::kProtobuf),
                         [](const auto& test) {
                           return test.param == Encoding::kJson ? "Json" : "Protobuf";
                         });

TEST_P(ClusterTest, TwoPeopleAtTwoNodesChat) {
  alice_.Sends("hello over there");
  bob_.Receives("hello over there");
  bob_.Sends("hello yourself");
  alice_.Receives("hello yourself");
}

TEST_P(ClusterTest, ARetryAtAnotherNodeIsTheSameMessage) {
  const Acked first = alice_.SendsAs("once", "only once");
  Person elsewhere = world_.JoinsAgain(alice_, "laptop", 1);

  EXPECT_EQ(elsewhere.SendsAs("once", "only once"), first);
  elsewhere.BeginsToSendAs("once", "something else");
  elsewhere.IsRefused("client_msg_id_reused");
}

TEST_P(ClusterTest, PresenceIsSeenAcrossNodes) {
  AliceWatchesBob();

  bob_.LogsOut();

  const v1::Presence gone = alice_.Sees(bob_, Seen::kOffline);
  EXPECT_TRUE(gone.has_last_seen_at());
}

TEST_P(ClusterTest, AUserWhoseNodeDiesGoesOffline) {
  AliceWatchesBob();

  world_.node(1).Kill();

  const v1::Presence gone = alice_.Sees(bob_, Seen::kOffline);
  EXPECT_TRUE(gone.has_last_seen_at());
}

TEST_P(ClusterTest, AUserWhoComesBackAtAnotherNodeNeverLeft) {
  AliceWatchesBob();

  bob_.Vanishes();
  bob_.MovesTo(world_.node(0).endpoint());
  bob_.Connects();

  alice_.Sends("still there?");
  bob_.Receives("still there?");
  alice_.HearsNothingElse();
}

TEST_P(ClusterTest, ALogoutClosesTheSocketsOnOtherNodesAndKillsTheTokenThere) {
  Api elsewhere(world_.node(0).endpoint());
  elsewhere.set_access_token(bob_.login().access_token());

  ASSERT_EQ(elsewhere.Post<NoBody>("/v1/auth/logout").status, 204);

  bob_.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  EXPECT_EQ(elsewhere.Get<v1::UserResponse>("/v1/users/me").status, 401);
  EXPECT_EQ(bob_.api().Get<v1::UserResponse>("/v1/users/me").status, 401);
}

// As documented within 3 s; twice as long on a machine that does other things too.
TEST_P(ClusterTest, ALogoutReachesOtherNodesWithoutRedis) {
  world_.redis().Freeze();
  Api elsewhere(world_.node(0).endpoint());
  elsewhere.set_access_token(bob_.login().access_token());
  const Deadline deadline(std::chrono::seconds(6));

  ASSERT_EQ(elsewhere.Post<NoBody>("/v1/auth/logout").status, 204);

  bob_.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  EXPECT_FALSE(deadline.passed());
}

TEST_P(ClusterTest, ATicketOfOneNodeOpensASocketAtAnotherOnce) {
  const std::string ticket = alice_.TakesATicket();
  const auto open = [&](int node) {
    return ChatClient::Connect(world_.node(node).endpoint(),
                               {.encoding = GetParam(), .ticket = ticket});
  };

  EXPECT_TRUE(open(1).has_value());
  const auto second = open(0);

  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().status, 401);
}

}  // namespace
}  // namespace chat::testing
