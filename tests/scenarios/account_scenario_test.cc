// What becomes of somebody's account, and what others hear of it.
#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

class AccountScenarioTest : public Scenario {};
INSTANTIATE_TEST_SUITE_P(Everywhere, AccountScenarioTest, AllSettings(), NameOf);

TEST_P(AccountScenarioTest, NewDisplayNameReachesContacts) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  v1::UpdateUserRequest request;
  request.set_display_name("Alice A.");

  EXPECT_EQ(alice.api().Patch<v1::UserResponse>("/v1/users/me", request).status, 200);

  const v1::ContactEvent told = bob.Next(v1::ServerFrame::kContact).contact();
  EXPECT_EQ(told.event(), "changed");
  EXPECT_EQ(told.user().display_name(), "Alice A.");
  bob.HearsNothingElse();
  alice.HearsNothingElse();
}

TEST_P(AccountScenarioTest, ErasedUserIsGoneForAll) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  Person laptop = world().JoinsAgain(alice, "laptop");
  alice.Sends("goodbye");
  bob.Receives("goodbye");

  EXPECT_EQ(alice.api().Delete("/v1/users/me").status, 204);

  alice.IsClosedWith(websocket::CloseCode::kSessionExpired);
  laptop.IsClosedWith(websocket::CloseCode::kSessionExpired);
  EXPECT_EQ(laptop.api().Get<v1::UserResponse>("/v1/users/me").status, 401);
  bob.ReceivesContact("removed", alice);
  const auto view =
      bob.api().Get<v1::ConversationResponse>("/v1/conversations/" + bob.conversation().ToString());
  EXPECT_EQ(view.body.conversation().peer().display_name(), "Deleted user");
  EXPECT_EQ(view.body.conversation().last_message().text(), "goodbye");
}

TEST_P(AccountScenarioTest, GroupOfAnErasedOwnerGoesOn) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  v1::CreateConversationRequest request;
  request.set_kind("group");
  request.set_name("Lunch");
  request.add_member_ids(bob.id().number());
  const auto created = alice.api().Post<v1::ConversationResponse>("/v1/conversations", request);
  ASSERT_EQ(created.status, 201);
  const ConversationId group(created.body.conversation().conversation_id());
  bob.TalksIn(group);
  for (int seq = 1; seq <= 2; ++seq) {
    EXPECT_EQ(bob.Next(v1::ServerFrame::kMessage).message().seq(), seq);
  }

  EXPECT_EQ(alice.api().Delete("/v1/users/me").status, 204);

  const v1::Message raised = bob.Next(v1::ServerFrame::kMessage).message();
  EXPECT_EQ(raised.kind(), "role_changed");
  EXPECT_EQ(raised.subject_user_id(), bob.id().number());
  EXPECT_EQ(raised.role(), "owner");
  EXPECT_EQ(bob.Next(v1::ServerFrame::kMessage).message().kind(), "member_removed");
  v1::UpdateConversationRequest name;
  name.set_name("Dinner");
  EXPECT_EQ(bob.api()
                .Patch<v1::ConversationResponse>("/v1/conversations/" + group.ToString(), name)
                .status,
            200);
}

}  // namespace
}  // namespace chat::testing
