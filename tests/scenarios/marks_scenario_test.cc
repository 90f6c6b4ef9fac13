// Reading and typing: what the others see, and what the same person sees at another device.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

class MarksScenarioTest : public Scenario {};
INSTANTIATE_TEST_SUITE_P(Everywhere, MarksScenarioTest, AllSettings(), NameOf);

std::string PathOf(const Person& person) {
  return "/v1/conversations/" + person.conversation().ToString();
}

std::uint32_t UnreadCount(const Person& person) {
  return person.api()
      .Get<v1::ConversationResponse>(PathOf(person))
      .body.conversation()
      .unread_count();
}

TEST_P(MarksScenarioTest, WhatIsReadAtOneDeviceIsReadAtAllAndShownToTheOther) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  Person bobs_tablet = world().JoinsAgain(bob, "tablet");
  bobs_tablet.TalksIn(bob.conversation());
  for (const char* text : {"one", "two", "three"}) {
    alice.Sends(text);
    bob.Receives(text);
    bobs_tablet.Receives(text);
  }
  ASSERT_EQ(UnreadCount(bobs_tablet), 3u);

  bob.Reads(2);

  for (Person* person : {&alice, &bobs_tablet}) {
    const v1::ReceiptEvent receipt = person->ReceivesReceipt();
    EXPECT_EQ(receipt.conversation_id(), alice.conversation().number());
    EXPECT_EQ(receipt.user_id(), bob.id().number());
    EXPECT_EQ(receipt.read_seq(), 2);
  }
  EXPECT_EQ(UnreadCount(bobs_tablet), 1u);
  const auto readers =
      alice.api().Get<v1::ListReadersResponse>(PathOf(alice) + "/messages/2/readers").body;
  ASSERT_EQ(readers.readers_size(), 1);
  EXPECT_EQ(readers.readers(0).user().user_id(), bob.id().number());
  bob.HearsNothingElse();
}

TEST_P(MarksScenarioTest, AMarkThatWouldMoveBackIsToldToNobody) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  for (const char* text : {"one", "two"}) {
    alice.Sends(text);
    bob.Receives(text);
  }
  bob.Reads(2);
  EXPECT_EQ(alice.ReceivesReceipt().read_seq(), 2);

  bob.Reads(1);
  alice.Sends("three");
  bob.Receives("three");
  bob.Reads(77);

  EXPECT_EQ(alice.ReceivesReceipt().read_seq(), 3) << "clamped to the head";
  alice.HearsNothingElse();
}

TEST_P(MarksScenarioTest, TheOtherSeesWhoTypes) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);

  bob.BeginsToType();
  const v1::TypingEvent typing = alice.SeesTyping();
  EXPECT_EQ(typing.user_id(), bob.id().number());
  EXPECT_EQ(typing.conversation_id(), bob.conversation().number());
  EXPECT_TRUE(typing.active());

  bob.StopsTyping();
  EXPECT_FALSE(alice.SeesTyping().active());
  bob.HearsNothingElse();
}

TEST_P(MarksScenarioTest, ABlockHidesWhoTypesExceptInAGroup) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  v1::CreateConversationRequest request;
  request.set_kind("group");
  request.set_name("Lunch");
  request.add_member_ids(bob.id().number());
  const auto group = alice.api().Post<v1::ConversationResponse>("/v1/conversations", request);
  ASSERT_EQ(group.status, 201) << group.problem.code();
  const std::int64_t group_id = group.body.conversation().conversation_id();
  ASSERT_EQ(alice.api().Put("/v1/blocks/" + bob.id().ToString()).status, 204);
  alice.ReceivesContact("removed", bob);
  bob.ReceivesContact("removed", alice);

  for (Person* person : {&alice, &bob}) {
    person->BeginsToType();
    person->TalksIn(ConversationId(group_id));
    person->BeginsToType();
  }

  for (Person* person : {&alice, &bob}) {
    EXPECT_EQ(person->SeesTyping().conversation_id(), group_id);
    person->Beats();
  }
}

TEST_P(MarksScenarioTest, WhatIsMutedAtOneDeviceIsMutedAtAll) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  Person bobs_tablet = world().JoinsAgain(bob, "tablet");
  bobs_tablet.TalksIn(bob.conversation());
  v1::ConversationSettingsRequest settings;
  settings.mutable_muted_until()->set_seconds(4'000'000'000);
  settings.set_archived(true);

  const auto set = bob.api().Put<v1::ConversationResponse>(PathOf(bob) + "/me", settings);

  ASSERT_EQ(set.status, 200) << set.problem.code();
  EXPECT_TRUE(set.body.conversation().archived());
  EXPECT_EQ(set.body.conversation().muted_until().seconds(), 4'000'000'000);
  bobs_tablet.ReceivesConversation("changed");
  EXPECT_TRUE(bobs_tablet.api()
                  .Get<v1::ConversationResponse>(PathOf(bobs_tablet))
                  .body.conversation()
                  .archived());
  alice.HearsNothingElse();
}

TEST_P(MarksScenarioTest, TypingEndsWithItsConnection) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  bob.BeginsToType();
  EXPECT_TRUE(alice.SeesTyping().active());

  bob.Vanishes();

  EXPECT_FALSE(alice.SeesTyping().active());
}

}  // namespace
}  // namespace chat::testing
