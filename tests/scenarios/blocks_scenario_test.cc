// Somebody wants nothing more to do with somebody.
#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

class BlocksScenarioTest : public Scenario {
 protected:
  static int Block(Person& who, const Person& other) { return who.api().Put(Path(other)).status; }
  static int Unblock(Person& who, const Person& other) {
    return who.api().Delete(Path(other)).status;
  }

 private:
  static std::string Path(const Person& other) { return "/v1/blocks/" + other.id().ToString(); }
};
INSTANTIATE_TEST_SUITE_P(Everywhere, BlocksScenarioTest, AllSettings(), NameOf);

TEST_P(BlocksScenarioTest, BlockStopsMessagesBothWaysAndUnblockAllowsThem) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  const Acked before = bob.SendsAs("first", "hi");
  alice.Receives("hi");

  EXPECT_EQ(Block(alice, bob), 204);
  alice.ReceivesContact("removed", bob);
  bob.ReceivesContact("removed", alice);

  bob.BeginsToSend("hello?");
  bob.IsRefused("not_contacts");
  alice.BeginsToSend("go away");
  alice.IsRefused("not_contacts");
  EXPECT_EQ(bob.SendsAs("first", "hi"), before) << "it was stored before the block";
  alice.HearsNothingElse();

  EXPECT_EQ(Unblock(alice, bob), 204);
  bob.Sends("sorry");
  alice.Receives("sorry");
}

TEST_P(BlocksScenarioTest, BlockedAndBlockerDoNotFindEachOther) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  EXPECT_EQ(Block(alice, bob), 204);
  v1::AddContactRequest request;
  request.set_username("alice");

  const auto answer = bob.api().Post<v1::ContactResponse>("/v1/contacts", request);

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.problem.code(), "not_found");
  const auto blocks = alice.api().Get<v1::ListBlocksResponse>("/v1/blocks");
  ASSERT_EQ(blocks.body.blocks_size(), 1);
  EXPECT_EQ(blocks.body.blocks(0).user().username(), "bob");
  alice.HearsNothingElse();
  bob.HearsNothingElse();
}

TEST_P(BlocksScenarioTest, BlockEndsWhatEachSeesOfTheOther) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  ASSERT_EQ(bob.Watches({alice.id()}).users_size(), 1);
  const std::string ask = "/v1/presence?user_ids=" + alice.id().ToString();
  ASSERT_EQ(bob.api().Get<v1::PresenceResponse>(ask).body.users_size(), 1);

  EXPECT_EQ(Block(alice, bob), 204);
  bob.ReceivesContact("removed", alice);

  EXPECT_EQ(bob.api().Get<v1::PresenceResponse>(ask).body.users_size(), 0);
  EXPECT_EQ(bob.Watches({alice.id()}).users_size(), 0);
  alice.ReceivesContact("removed", bob);
  alice.LogsOut();
  alice.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  bob.HearsNothingElse();
}

}  // namespace
}  // namespace chat::testing
