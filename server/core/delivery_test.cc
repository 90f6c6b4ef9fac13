#include "server/core/delivery.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/harness/manual_executor.h"
#include "tests/harness/memory_store.h"

namespace chat {
namespace {

constexpr UserId kAlice(1001);
constexpr UserId kBob(1002);

// Writes down what it is told, as "deliver 3" or "delayed 3".
class RecordingSink : public EntrySink {
 public:
  void Deliver(const CommittedEntry& entry, const MemberList& list) override {
    told.push_back("deliver " + entry.entry.seq.ToString());
    last_members = list.members;
  }
  void Delayed(const CommittedEntry& entry) override {
    told.push_back("delayed " + entry.entry.seq.ToString());
  }
  void DeliverChange(const CommittedChange& change, const std::vector<UserId>& members) override {
    told.push_back("change " + change.change.change.ToString());
    last_members = members;
  }
  void Skipped(ConversationId, DeliveryHeads heads, const std::vector<UserId>& members) override {
    told.push_back("skipped to " + heads.seq.ToString());
    last_members = members;
    skipped_change = heads.change;
  }

  std::vector<std::string> told;
  std::vector<UserId> last_members;
  Change skipped_change;
};

// Delivery is given what the bus would bring.
class SilentBus : public Bus {
 public:
  void Publish(BusMessage) override {}
};

class DeliveryTest : public ::testing::Test {
 protected:
  using Told = std::vector<std::string>;

  EntryRef Entry(std::int64_t seq) { return EntryIn(room_, seq); }

  static EntryRef EntryIn(ConversationId conversation, std::int64_t seq) {
    auto entry = std::make_shared<CommittedEntry>();
    entry->entry.conversation_id = conversation;
    entry->entry.seq = Seq(seq);
    return entry;
  }

  // Of the entry `seq`, committed when `head` was the last one.
  ChangeRef ChangeOf(std::int64_t seq, std::int64_t number, std::int64_t head) {
    auto change = std::make_shared<CommittedChange>();
    change->change.conversation_id = room_;
    change->change.seq = Seq(seq);
    change->change.change = Change(number);
    change->change.what = EntryDeleted{};
    change->head_seq = Seq(head);
    return change;
  }

  // What the sink was told since the last call, after all reads were answered.
  Told Settled() {
    executor_.RunAll();
    return std::exchange(sink_.told, {});
  }

  void Store(int count) {
    for (int i = 0; i < count; ++i) store_.AppendSilently(room_, kAlice, "text");
  }

  void Pass(std::chrono::milliseconds time) {
    now_ += time;
    delivery_.Advance(now_);
  }

  testing::ManualExecutor executor_;
  SilentBus bus_;
  testing::MemoryStore store_{executor_, bus_};
  ConversationId room_ = store_.AddConversation({kAlice, kBob});
  RecordingSink sink_;
  Delivery delivery_{store_, store_, sink_, {.streams_max = 2, .held_max = 3, .fruitless_max = 2}};
  Instant now_{};
};

TEST_F(DeliveryTest, HandsOnInOrderOnceTheMembersAreKnown) {
  delivery_.Accept(Entry(1));
  delivery_.Accept(Entry(2));
  EXPECT_TRUE(delivery_.Holds(room_));

  EXPECT_EQ(Settled(), (Told{"deliver 1", "deliver 2"}));
  EXPECT_EQ(sink_.last_members, (std::vector<UserId>{kAlice, kBob}));
  EXPECT_FALSE(delivery_.Holds(room_));
}

TEST_F(DeliveryTest, ReadsAHoleBackBeforeItGoesOn) {
  Store(4);
  delivery_.Accept(Entry(1));
  Settled();

  delivery_.Accept(Entry(4));

  EXPECT_EQ(Settled(), (Told{"delayed 4", "delayed 4", "deliver 2", "deliver 3", "deliver 4"}));
}

TEST_F(DeliveryTest, AnEntryThatComesAgainIsNotHandedOnTwice) {
  delivery_.Accept(Entry(1));
  Settled();

  delivery_.Accept(Entry(1));

  EXPECT_EQ(Settled(), (Told{"delayed 1"}));
}

TEST_F(DeliveryTest, WhatComesAfterTheFirstAndBelongsBeforeItIsMadeUpForByOneGap) {
  delivery_.Accept(Entry(4));
  Settled();

  delivery_.Accept(Entry(2));
  delivery_.Accept(Entry(3));
  delivery_.Accept(Entry(5));

  EXPECT_EQ(Settled(), (Told{"delayed 2", "skipped to 4", "delayed 3", "deliver 5"}));
}

TEST_F(DeliveryTest, EntriesThatComeOutOfOrderAreHandedOnInOrder) {
  Store(3);
  delivery_.Accept(Entry(1));
  Settled();

  delivery_.Accept(Entry(3));
  delivery_.Accept(Entry(2));

  const Told told = Settled();
  EXPECT_EQ((Told{told.end() - 2, told.end()}), (Told{"deliver 2", "deliver 3"}));
}

TEST_F(DeliveryTest, WhatDoesNotFitIntoWhatIsHeldIsReadBackToo) {
  Store(8);
  delivery_.Accept(Entry(1));
  Settled();

  for (std::int64_t seq = 3; seq <= 8; ++seq) delivery_.Accept(Entry(seq));

  Told delivered;
  for (const std::string& told : Settled()) {
    if (told.starts_with("deliver")) delivered.push_back(told);
  }
  EXPECT_EQ(delivered, (Told{"deliver 2", "deliver 3", "deliver 4", "deliver 5", "deliver 6",
                             "deliver 7", "deliver 8"}));
}

TEST_F(DeliveryTest, WaitsForAStoreThatIsDownHoweverLongItTakes) {
  store_.SetState(testing::MemoryStore::State::kDown);
  delivery_.Accept(Entry(1));
  for (int i = 0; i < 100; ++i) {
    Settled();
    Pass(std::chrono::seconds(1));
  }
  store_.SetState(testing::MemoryStore::State::kUp);
  Settled();
  Pass(std::chrono::seconds(1));

  const Told told = Settled();
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back(), "deliver 1");
}

// The bus announced what the store does not have: the members are told to pull, and the rest flows.
TEST_F(DeliveryTest, SkipsWhatTheStoreNeverShows) {
  delivery_.Accept(Entry(1));
  Settled();
  delivery_.Accept(Entry(5));

  Told last;
  for (int i = 0; i < 4; ++i) {
    for (const std::string& told : Settled()) last.push_back(told);
    Pass(std::chrono::seconds(1));
  }
  delivery_.Accept(Entry(6));
  const Told after = Settled();

  EXPECT_EQ(last.back(), "skipped to 5");
  EXPECT_EQ(after, (Told{"deliver 6"}));
}

TEST_F(DeliveryTest, ChangesFollowTheirEntryAndEachOther) {
  delivery_.Accept(Entry(1));
  delivery_.AcceptChange(ChangeOf(1, 1, 1));
  delivery_.AcceptChange(ChangeOf(1, 2, 1));
  EXPECT_TRUE(delivery_.Holds(room_));

  EXPECT_EQ(Settled(), (Told{"deliver 1", "change 1", "change 2"}));
  EXPECT_EQ(sink_.last_members, (std::vector<UserId>{kAlice, kBob}));
  EXPECT_FALSE(delivery_.Holds(room_));
}

TEST_F(DeliveryTest, AChangeThatComesBeforeItsEntryWaitsForIt) {
  Store(2);
  delivery_.Accept(Entry(1));
  Settled();

  delivery_.AcceptChange(ChangeOf(2, 1, 2));

  EXPECT_EQ(Settled(), (Told{"deliver 2", "change 1"}));
}

TEST_F(DeliveryTest, ChangesThatComeOutOfOrderAreHandedOnInOrderAndOnce) {
  delivery_.AcceptChange(ChangeOf(1, 1, 1));
  Settled();

  delivery_.AcceptChange(ChangeOf(1, 3, 1));
  delivery_.AcceptChange(ChangeOf(1, 1, 1));
  delivery_.AcceptChange(ChangeOf(1, 3, 1));
  EXPECT_EQ(Settled(), Told{});
  delivery_.AcceptChange(ChangeOf(1, 2, 1));

  EXPECT_EQ(Settled(), (Told{"change 2", "change 3"}));
}

TEST_F(DeliveryTest, AChangeThatNeverComesIsMadeUpForByOneGap) {
  delivery_.AcceptChange(ChangeOf(1, 1, 1));
  Settled();

  delivery_.AcceptChange(ChangeOf(1, 3, 1));
  Pass(std::chrono::seconds(1));
  EXPECT_EQ(Settled(), Told{});
  Pass(std::chrono::seconds(10));
  delivery_.AcceptChange(ChangeOf(1, 2, 1));
  delivery_.AcceptChange(ChangeOf(1, 4, 1));

  EXPECT_EQ(Settled(), (Told{"skipped to 1", "change 4"}));
  EXPECT_EQ(sink_.skipped_change, Change(3));
}

TEST_F(DeliveryTest, AnEntryThatComesAfterAChangeMadeLaterIsMadeUpForByOneGap) {
  delivery_.AcceptChange(ChangeOf(2, 1, 3));
  EXPECT_EQ(Settled(), (Told{"change 1"}));

  delivery_.Accept(Entry(3));
  delivery_.Accept(Entry(4));

  EXPECT_EQ(Settled(), (Told{"delayed 3", "skipped to 3", "deliver 4"}));
}

TEST_F(DeliveryTest, AChangeThatBelongsBeforeTheFirstIsMadeUpForByOneGap) {
  delivery_.AcceptChange(ChangeOf(1, 5, 1));
  Settled();

  delivery_.AcceptChange(ChangeOf(1, 4, 1));
  delivery_.AcceptChange(ChangeOf(1, 3, 1));

  EXPECT_EQ(Settled(), (Told{"skipped to 1"}));
  EXPECT_EQ(sink_.skipped_change, Change(5));
}

TEST_F(DeliveryTest, ForgetsIdleConversationsBeyondItsLimitAndLosesNothingByIt) {
  const ConversationId second = store_.AddConversation({kAlice});
  const ConversationId third = store_.AddConversation({kAlice});
  delivery_.Accept(Entry(1));
  delivery_.Accept(EntryIn(second, 1));
  Settled();
  delivery_.Accept(EntryIn(third, 1));
  Settled();

  delivery_.Accept(Entry(2));

  EXPECT_EQ(Settled(), (Told{"deliver 2"}));
}

}  // namespace
}  // namespace chat
