// Saying something: acks, order, several devices, retries, and history over HTTP.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

class MessagesScenarioTest : public Scenario {};
INSTANTIATE_TEST_SUITE_P(Everywhere, MessagesScenarioTest, AllSettings(), NameOf);

v1::ListMessagesResponse History(Person& person, const std::string& query) {
  return person.api()
      .Get<v1::ListMessagesResponse>("/v1/conversations/" + person.conversation().ToString() +
                                     "/messages" + query)
      .body;
}

std::vector<std::int64_t> SeqsOf(const v1::ListMessagesResponse& page) {
  std::vector<std::int64_t> seqs;
  for (const v1::Message& message : page.messages()) seqs.push_back(message.seq());
  return seqs;
}

using Seqs = std::vector<std::int64_t>;

TEST_P(MessagesScenarioTest, EntriesAreNumberedFromOneAndReachTheOther) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);

  const Acked first = alice.Sends("hi");
  const v1::Message got = bob.Receives("hi");
  EXPECT_EQ(first.seq, 1);
  EXPECT_EQ(got.seq(), 1);
  EXPECT_EQ(got.message_id(), first.message_id);
  EXPECT_EQ(got.sender_id(), alice.id().number());
  EXPECT_EQ(got.kind(), "text");

  EXPECT_EQ(bob.Sends("hello").seq, 2);
  EXPECT_EQ(alice.Receives("hello").seq(), 2);
  EXPECT_EQ(alice.Sends("how are you?").seq, 3);
  EXPECT_EQ(bob.Receives("how are you?").seq(), 3);
  alice.HearsNothingElse();
  bob.HearsNothingElse();
}

TEST_P(MessagesScenarioTest, ManyInFlightKeepTheirOrder) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  std::vector<std::string> sent;

  for (int i = 0; i < 50; ++i) sent.push_back(alice.BeginsToSend("text " + std::to_string(i)));

  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(alice.IsAcked(sent[i]).seq, i + 1);
    EXPECT_EQ(bob.Receives("text " + std::to_string(i)).seq(), i + 1);
  }
}

TEST_P(MessagesScenarioTest, BothMaySendAtOnce) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  std::vector<std::string> alices;
  std::vector<std::string> bobs;

  for (int i = 0; i < 30; ++i) {
    alices.push_back(alice.BeginsToSend("from alice"));
    bobs.push_back(bob.BeginsToSend("from bob"));
  }

  for (int i = 0; i < 30; ++i) {
    alice.IsAcked(alices[i]);
    bob.IsAcked(bobs[i]);
    alice.Receives("from bob");
    bob.Receives("from alice");
  }
  alice.HearsNothingElse();
  bob.HearsNothingElse();
}

TEST_P(MessagesScenarioTest, OwnOtherDeviceReceivesWhatOneSends) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  Person alices_laptop = world().JoinsAgain(alice, "laptop");
  Person bobs_laptop = world().JoinsAgain(bob, "laptop");

  const Acked sent = alice.Sends("from my phone");

  EXPECT_EQ(alices_laptop.Receives("from my phone").message_id(), sent.message_id);
  bob.Receives("from my phone");
  bobs_laptop.Receives("from my phone");
  alice.HearsNothingElse();
}

TEST_P(MessagesScenarioTest, SendingAgainIsTheSameMessage) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  Person alices_laptop = world().JoinsAgain(alice, "laptop");

  const Acked first = alice.SendsAs("id-1", "once");
  const Acked again = alice.SendsAs("id-1", "once");
  const Acked elsewhere = alices_laptop.SendsAs("id-1", "once");

  EXPECT_EQ(again, first);
  EXPECT_EQ(elsewhere, first);
  bob.Receives("once");
  bob.HearsNothingElse();
  EXPECT_EQ(alice.Sends("next").seq, 2);
}

TEST_P(MessagesScenarioTest, TheSameIdWithAnotherTextIsRefused) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  alice.SendsAs("id-1", "one thing");

  alice.BeginsToSendAs("id-1", "another thing");

  alice.IsRefused("client_msg_id_reused");
  bob.Receives("one thing");
  bob.HearsNothingElse();
}

TEST_P(MessagesScenarioTest, TwoPeopleMayChooseTheSameId) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);

  EXPECT_EQ(alice.SendsAs("id-1", "alice's").seq, 1);
  EXPECT_EQ(bob.SendsAs("id-1", "bob's").seq, 2);
}

TEST_P(MessagesScenarioTest, HistoryIsReadInPagesFromEitherEnd) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  for (int i = 1; i <= 7; ++i) alice.Sends(std::to_string(i));

  EXPECT_EQ(SeqsOf(History(bob, "")), (Seqs{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(SeqsOf(History(bob, "?limit=3")), (Seqs{5, 6, 7}));
  EXPECT_EQ(SeqsOf(History(bob, "?before_seq=5&limit=2")), (Seqs{3, 4}));
  EXPECT_EQ(SeqsOf(History(bob, "?after_seq=2&limit=2")), (Seqs{3, 4}));
  EXPECT_EQ(SeqsOf(History(bob, "?after_seq=7")), Seqs{});
  EXPECT_EQ(History(bob, "?after_seq=3&limit=1").messages(0).text(), "4");
}

TEST_P(MessagesScenarioTest, PagesAreFollowedByTheirCursor) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  for (int i = 1; i <= 5; ++i) alice.Sends(std::to_string(i));

  const auto newest = History(bob, "?limit=2");
  const auto middle = History(bob, "?limit=2&cursor=" + newest.next_cursor());
  const auto oldest = History(bob, "?limit=2&cursor=" + middle.next_cursor());

  EXPECT_EQ(SeqsOf(newest), (Seqs{4, 5}));
  EXPECT_EQ(SeqsOf(middle), (Seqs{2, 3}));
  EXPECT_EQ(SeqsOf(oldest), Seqs{1});
  EXPECT_EQ(oldest.next_cursor(), "");
}

TEST_P(MessagesScenarioTest, TextIsStoredByteForByte) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  const std::string odd =
      " <img src=x onerror=alert(1)> '; DROP TABLE messages; -- \"\\\n\t\xE2\x80\xAE e\xCC\x81 "
      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB ";

  alice.Sends(odd);

  bob.Receives(odd);
  EXPECT_EQ(History(bob, "").messages(0).text(), odd);
}

TEST_P(MessagesScenarioTest, StrangersNeitherReadNorWrite) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person eve = Joins("eve");
  Introduce(alice, bob);
  eve.TalksIn(alice.conversation());

  eve.BeginsToSend("let me in");
  eve.IsRefused("not_found");
  alice.Sends("secret");
  bob.Receives("secret");

  EXPECT_EQ(eve.api()
                .Get<v1::ListMessagesResponse>("/v1/conversations/" +
                                               alice.conversation().ToString() + "/messages")
                .status,
            404);
  eve.HearsNothingElse();
  bob.HearsNothingElse();
}

}  // namespace
}  // namespace chat::testing
