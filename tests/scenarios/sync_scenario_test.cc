// Live and sync: pages of what was missed, and live flow that goes on behind them with nothing lost
// or repeated. That `seq` rises by exactly 1 is watched by every client of the harness by itself.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

class SyncScenarioTest : public Scenario {
 protected:
  // `count` texts, all in flight at once.
  static void SendMany(Person& sender, int count) {
    for (int i = 0; i < count; ++i) sender.BeginsToSend("text");
  }

  static void AllAreAcked(Person& sender, int count) {
    for (int i = 0; i < count; ++i) sender.Next(v1::ServerFrame::kAck);
  }
};
INSTANTIATE_TEST_SUITE_P(Everywhere, SyncScenarioTest, AllSettings(), NameOf);

v1::ClientFrame SyncFrame(const std::vector<ConversationId>& conversations) {
  v1::ClientFrame frame;
  frame.mutable_sync();
  for (const ConversationId conversation : conversations) {
    frame.mutable_sync()->add_cursors()->set_conversation_id(conversation.number());
  }
  return frame;
}

TEST_P(SyncScenarioTest, BringsWhatWasMissed) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  alice.Sends("one");
  bob.Receives("one");
  bob.Disconnects();
  alice.Sends("two");
  alice.Sends("three");

  world().Seat(bob);
  const Pulled pulled = bob.Syncs(1);

  ASSERT_EQ(pulled.messages.size(), 2u);
  EXPECT_EQ(pulled.messages[0].text(), "two");
  EXPECT_EQ(pulled.messages[1].text(), "three");
  ASSERT_EQ(pulled.done.conversations_size(), 1);
  EXPECT_EQ(pulled.done.conversations(0).next_after_seq(), 3);
  EXPECT_EQ(pulled.done.conversations(0).head_seq(), 3);
  EXPECT_FALSE(pulled.done.conversations(0).more());
  alice.Sends("four");
  EXPECT_EQ(bob.Receives("four").seq(), 4);
}

TEST_P(SyncScenarioTest, ComesInPagesOfTwoHundred) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  bob.Disconnects();
  for (int i = 0; i < 9; ++i) {
    SendMany(alice, 50);
    AllAreAcked(alice, 50);
  }
  world().Seat(bob);

  const Pulled first = bob.Syncs(0);
  EXPECT_EQ(first.messages.size(), 200u);
  EXPECT_TRUE(first.done.conversations(0).more());
  EXPECT_EQ(first.done.conversations(0).head_seq(), 450);
  const Pulled second = bob.Syncs(first.done.conversations(0).next_after_seq());
  EXPECT_EQ(second.messages.size(), 200u);
  EXPECT_TRUE(second.done.conversations(0).more());
  const Pulled third = bob.Syncs(second.done.conversations(0).next_after_seq());
  EXPECT_EQ(third.messages.size(), 50u);
  EXPECT_FALSE(third.done.conversations(0).more());
  EXPECT_EQ(third.messages.back().seq(), 450);
}

TEST_P(SyncScenarioTest, StopsLiveFlowWhileThereIsMore) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  bob.Disconnects();
  for (int i = 0; i < 5; ++i) {
    SendMany(alice, 50);
    AllAreAcked(alice, 50);
  }
  world().Seat(bob);
  ASSERT_TRUE(bob.Syncs(0).done.conversations(0).more());

  alice.Sends("while bob has more to pull");
  bob.HearsNothingElse();

  const Pulled rest = bob.Syncs(200);
  EXPECT_EQ(rest.messages.size(), 51u);
  EXPECT_EQ(rest.messages.back().text(), "while bob has more to pull");
}

// Bob pulls page after page while Alice never stops. Whatever is caught between the pages and the
// live flow would be a hole or a repetition.
TEST_P(SyncScenarioTest, LosesAndRepeatsNothingWhileOthersKeepSending) {
  constexpr int kBatch = 20;
  constexpr int kBatches = 40;
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  std::int64_t seen = 0;

  for (int i = 0; i < kBatches; ++i) {
    SendMany(alice, kBatch);
    const Pulled pulled = bob.Syncs(seen);
    seen = pulled.done.conversations(0).next_after_seq();
    // Live entries of this round, as far as they came; the next round pulls again behind them.
    for (int live = 0; live < kBatch / 4 && seen < (i + 1) * kBatch; ++live) {
      if (pulled.done.conversations(0).more()) break;
      seen = bob.Next(v1::ServerFrame::kMessage).message().seq();
    }
    AllAreAcked(alice, kBatch);
  }

  const Pulled last = bob.Syncs(seen);
  EXPECT_EQ(last.done.conversations(0).next_after_seq(), kBatch * kBatches);
  alice.Sends("the end");
  EXPECT_EQ(bob.Receives("the end").seq(), kBatch * kBatches + 1);
  bob.HearsNothingElse();
}

TEST_P(SyncScenarioTest, LeavesOutAConversationThatOneDoesNotHave) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person eve = Joins("eve");
  Introduce(alice, bob);
  alice.Sends("secret");

  eve.Send(SyncFrame({alice.conversation(), ConversationId(12345)}));

  EXPECT_EQ(eve.Next(v1::ServerFrame::kSyncDone).sync_done().conversations_size(), 0);
  eve.HearsNothingElse();
}

TEST_P(SyncScenarioTest, OfNothingIsDoneAtOnce) {
  Person alice = Joins("alice");

  alice.Send(SyncFrame({}));

  EXPECT_EQ(alice.Next(v1::ServerFrame::kSyncDone).sync_done().conversations_size(), 0);
}

TEST_P(SyncScenarioTest, RunsOneAtATime) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);

  bob.client().SendTogether({SyncFrame({bob.conversation()}), SyncFrame({bob.conversation()})});

  bob.IsRefused("conflict");
  EXPECT_EQ(bob.Next(v1::ServerFrame::kSyncDone).sync_done().conversations_size(), 1);
}

TEST_P(SyncScenarioTest, RefusesAConversationNamedTwice) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);

  bob.Send(SyncFrame({bob.conversation(), bob.conversation()}));

  bob.IsRefused("invalid_argument");
}

TEST_P(SyncScenarioTest, OneSyncPullsSeveralConversations) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person carol = Joins("carol");
  Introduce(alice, bob);
  Introduce(alice, carol);
  bob.Sends("from bob");
  carol.Sends("from carol");
  carol.Sends("again");
  alice.Disconnects();
  world().Seat(alice);

  alice.Send(SyncFrame({bob.conversation(), carol.conversation()}));

  EXPECT_EQ(alice.Next(v1::ServerFrame::kSyncDone).sync_done().conversations_size(), 2);
  for (int i = 0; i < 3; ++i) alice.Next(v1::ServerFrame::kMessage);
  alice.HearsNothingElse();
}

}  // namespace
}  // namespace chat::testing
