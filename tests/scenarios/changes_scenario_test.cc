// Editing, deleting and reacting: live on every device, and through sync after being away.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "protocol/chat.pb.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

class ChangesScenarioTest : public Scenario {
 protected:
  static std::string PathOf(const Person& person, std::int64_t seq) {
    return "/v1/conversations/" + person.conversation().ToString() + "/messages/" +
           std::to_string(seq);
  }

  static v1::Message Last(Person& person) {
    const auto path = "/v1/conversations/" + person.conversation().ToString() + "/messages?limit=1";
    return person.api().Get<v1::ListMessagesResponse>(path).body.messages(0);
  }
};
INSTANTIATE_TEST_SUITE_P(Everywhere, ChangesScenarioTest, AllSettings(), NameOf);

TEST_P(ChangesScenarioTest, EveryDeviceHearsOfEveryChangeInItsOrder) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  Person laptop = world().JoinsAgain(bob, "laptop");
  alice.Sends("helo");
  bob.Receives("helo");
  laptop.Receives("helo");

  const v1::AckEvent ack = alice.Edits(1, "hello");
  EXPECT_EQ(ack.seq(), 1);
  EXPECT_EQ(ack.change(), 1);
  for (Person* person : {&alice, &bob, &laptop}) {
    const v1::EditedEvent edited = person->Next(v1::ServerFrame::kEdited).edited();
    EXPECT_EQ(edited.seq(), 1);
    EXPECT_EQ(edited.change(), 1);
    EXPECT_EQ(edited.user_id(), alice.id().number());
    EXPECT_EQ(edited.text(), "hello");
    EXPECT_TRUE(edited.has_edited_at());
  }
  EXPECT_EQ(bob.Reacts(1, "\xF0\x9F\x91\x8D").change(), 2);
  EXPECT_EQ(alice.Deletes(1).change(), 3);

  for (Person* person : {&alice, &bob, &laptop}) {
    const v1::ReactionEvent reaction = person->Next(v1::ServerFrame::kReaction).reaction();
    EXPECT_EQ(reaction.change(), 2);
    EXPECT_EQ(reaction.user_id(), bob.id().number());
    EXPECT_EQ(reaction.emoji(), "\xF0\x9F\x91\x8D");
    EXPECT_TRUE(reaction.on());
    const v1::DeletedEvent deleted = person->Next(v1::ServerFrame::kDeleted).deleted();
    EXPECT_EQ(deleted.change(), 3);
    EXPECT_EQ(deleted.user_id(), alice.id().number());
    person->HearsNothingElse();
  }
}

TEST_P(ChangesScenarioTest, WhoWasAwayPullsWhatBecameOfTheEntries) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  for (const char* text : {"one", "two", "three"}) {
    alice.Sends(text);
    bob.Receives(text);
  }
  bob.Disconnects();
  alice.Deletes(2);
  alice.Edits(1, "uno");
  alice.Reacts(1, "!");
  alice.Sends("four");
  alice.Edits(4, "quattro");

  world().Seat(bob);
  const Pulled pulled = bob.Syncs(3);

  ASSERT_EQ(pulled.messages.size(), 3u);
  EXPECT_EQ(pulled.messages[0].seq(), 2);
  EXPECT_TRUE(pulled.messages[0].deleted());
  EXPECT_EQ(pulled.messages[0].text(), "");
  EXPECT_EQ(pulled.messages[1].seq(), 1);
  EXPECT_EQ(pulled.messages[1].text(), "uno");
  EXPECT_EQ(pulled.messages[1].change(), 3);
  ASSERT_EQ(pulled.messages[1].reactions_size(), 1);
  EXPECT_EQ(pulled.messages[1].reactions(0).emoji(), "!");
  EXPECT_EQ(pulled.messages[1].reactions(0).count(), 1u);
  EXPECT_FALSE(pulled.messages[1].reactions(0).mine());
  EXPECT_EQ(pulled.messages[2].seq(), 4);
  EXPECT_EQ(pulled.messages[2].text(), "quattro");
  EXPECT_EQ(pulled.done.conversations(0).next_after_seq(), 4);
  EXPECT_EQ(pulled.done.conversations(0).next_after_change(), 4);
  EXPECT_FALSE(pulled.done.conversations(0).more());
  EXPECT_TRUE(bob.Syncs(4, 4).messages.empty());
  alice.Edits(4, "four!");
  // Earlier ones may have been on their way when he came.
  while (bob.Next(v1::ServerFrame::kEdited).edited().change() != 5) continue;
}

TEST_P(ChangesScenarioTest, AskingAgainChangesNothingMore) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  alice.Sends("hello");
  bob.Receives("hello");

  EXPECT_EQ(bob.Reacts(1, "+1").change(), 1);
  EXPECT_EQ(bob.Reacts(1, "+1").change(), 1);
  alice.Next(v1::ServerFrame::kReaction);
  EXPECT_EQ(bob.Reacts(1, "+1", false).change(), 2);
  EXPECT_EQ(alice.Deletes(1).change(), 3);
  EXPECT_EQ(alice.Deletes(1).change(), 3);

  EXPECT_FALSE(alice.Next(v1::ServerFrame::kReaction).reaction().on());
  alice.Next(v1::ServerFrame::kDeleted);
  alice.HearsNothingElse();
}

TEST_P(ChangesScenarioTest, NobodyChangesWhatIsAnothers) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person eve = Joins("eve");
  Introduce(alice, bob);
  eve.TalksIn(alice.conversation());
  alice.Sends("hello");
  bob.Receives("hello");
  v1::ClientFrame edit;
  edit.mutable_edit()->set_conversation_id(alice.conversation().number());
  edit.mutable_edit()->set_seq(1);
  edit.mutable_edit()->set_text("mine");

  bob.Send(edit);
  bob.IsRefused("forbidden");
  eve.Send(edit);
  eve.IsRefused("not_found");

  EXPECT_EQ(Last(bob).text(), "hello");
  alice.HearsNothingElse();
}

TEST_P(ChangesScenarioTest, AReplyNamesWhatItAnswersAlsoWhenThatIsDeleted) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  alice.Sends("shall we?");
  bob.Receives("shall we?");
  v1::ClientFrame frame;
  v1::SendCommand& reply = *frame.mutable_send();
  reply.set_conversation_id(bob.conversation().number());
  reply.set_client_msg_id("reply");
  reply.set_text("yes");
  reply.set_reply_to_seq(1);

  bob.Send(frame);
  EXPECT_EQ(bob.IsAcked("reply").seq, 2);
  EXPECT_EQ(alice.Receives("yes").reply_to_seq(), 1);
  alice.Deletes(1);
  EXPECT_EQ(Last(alice).reply_to_seq(), 1);
  reply.set_client_msg_id("to nothing");
  reply.set_reply_to_seq(9);
  bob.Send(frame);
  bob.IsRefused("invalid_argument");
}

TEST_P(ChangesScenarioTest, HttpChangesAreHeardOfLiveToo) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  alice.Sends("hello");
  bob.Receives("hello");
  v1::EditMessageRequest edit;
  edit.set_text("better");

  const auto edited = alice.api().Patch<v1::MessageResponse>(PathOf(alice, 1), edit);
  EXPECT_EQ(edited.status, 200);
  EXPECT_EQ(edited.body.message().text(), "better");
  EXPECT_EQ(bob.Next(v1::ServerFrame::kEdited).edited().text(), "better");
  bob.Reacts(1, "+1");
  EXPECT_EQ(Last(bob).reactions(0).count(), 1u);
  EXPECT_TRUE(Last(bob).reactions(0).mine());
  EXPECT_EQ(alice.api().Delete(PathOf(alice, 1)).status, 204);
  EXPECT_EQ(bob.Next(v1::ServerFrame::kDeleted).deleted().change(), 3);
  EXPECT_TRUE(Last(bob).deleted());
  EXPECT_EQ(Last(bob).reactions_size(), 0);
}

}  // namespace
}  // namespace chat::testing
