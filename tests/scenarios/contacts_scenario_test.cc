// People find each other: requests, their answers, and the conversations that follow, live on every
// device.
#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

class ContactsScenarioTest : public Scenario {};
INSTANTIATE_TEST_SUITE_P(Everywhere, ContactsScenarioTest, AllSettings(), NameOf);

std::string StateOf(const Person& other, Person& of) {
  const auto answer = of.api().Get<v1::ListContactsResponse>("/v1/contacts");
  for (const v1::Contact& contact : answer.body.contacts()) {
    if (contact.user().user_id() == other.id().number()) return contact.state();
  }
  return "";
}

TEST_P(ContactsScenarioTest, RequestAndAcceptanceReachBothSidesLive) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");

  alice.Asks(bob);
  bob.ReceivesContact("requested", alice);
  EXPECT_EQ(StateOf(bob, alice), "requested");
  EXPECT_EQ(StateOf(alice, bob), "requesting");

  bob.Accepts(alice);
  alice.ReceivesContact("accepted", bob);
  EXPECT_EQ(StateOf(bob, alice), "contact");
  EXPECT_EQ(StateOf(alice, bob), "contact");
}

TEST_P(ContactsScenarioTest, TwoRequestsMakeAContactInEitherOrder) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person carol = Joins("carol");

  alice.Asks(bob);
  bob.ReceivesContact("requested", alice);
  bob.AsksBack(alice);
  alice.ReceivesContact("accepted", bob);
  EXPECT_EQ(StateOf(bob, alice), "contact");

  carol.Asks(alice);
  alice.ReceivesContact("requested", carol);
  alice.AsksBack(carol);
  carol.ReceivesContact("accepted", alice);
  EXPECT_EQ(StateOf(carol, alice), "contact");
}

TEST_P(ContactsScenarioTest, EveryDeviceHearsOfARequest) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person alices_laptop = world().JoinsAgain(alice, "laptop");
  Person bobs_laptop = world().JoinsAgain(bob, "laptop");

  alice.Asks(bob);

  alices_laptop.ReceivesContact("requested", bob);
  bob.ReceivesContact("requested", alice);
  bobs_laptop.ReceivesContact("requested", alice);
}

TEST_P(ContactsScenarioTest, RemovalReachesTheOtherSide) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);

  alice.Removes(bob);

  bob.ReceivesContact("removed", alice);
  EXPECT_EQ(StateOf(alice, bob), "");
  EXPECT_EQ(StateOf(bob, alice), "");
}

TEST_P(ContactsScenarioTest, ConversationIsGainedLiveByBoth) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);

  alice.OpensChatWith(bob);

  const v1::Conversation alices = alice.ReceivesConversation("gained");
  const v1::Conversation bobs = bob.ReceivesConversation("gained");
  EXPECT_EQ(alices.conversation_id(), bobs.conversation_id());
  EXPECT_EQ(alices.kind(), "direct");
  EXPECT_EQ(alices.last_seq(), 0);
  EXPECT_EQ(alices.peer().user_id(), bob.id().number());
  EXPECT_EQ(bobs.peer().user_id(), alice.id().number());
}

TEST_P(ContactsScenarioTest, OpeningAConversationAgainFindsTheSameOne) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  const ConversationId first = alice.conversation();

  bob.OpensChatWith(alice);

  EXPECT_EQ(bob.conversation(), first);
  bob.HearsNothingElse();
}

TEST_P(ContactsScenarioTest, OnlyContactsCanOpenAConversation) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  v1::CreateConversationRequest request;
  request.set_kind("direct");
  request.set_user_id(bob.id().number());

  const auto answer = alice.api().Post<v1::ConversationResponse>("/v1/conversations", request);

  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.problem.code(), "not_contacts");
  bob.HearsNothingElse();
}

TEST_P(ContactsScenarioTest, AskingWhoIsAContactAlreadyIsAConflict) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  alice.Befriends(bob);
  v1::AddContactRequest request;
  request.set_username("bob");

  const auto answer = alice.api().Post<v1::ContactResponse>("/v1/contacts", request);

  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.problem.code(), "already_contacts");
}

}  // namespace
}  // namespace chat::testing
