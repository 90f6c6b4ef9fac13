// Who gets which entry while members come and go, through whole hubs.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/core/hub.h"
#include "tests/harness/hub_world.h"

namespace chat {
namespace {

using testing::Device;
using testing::HubWorld;
using testing::SendFrame;
using testing::SyncFrame;

constexpr UserId kAlice(1001);
constexpr UserId kBob(1002);
constexpr UserId kCarol(1003);

// Alice and Bob share a conversation; Carol, on the other shard, is not in it.
class HubMembersTest : public ::testing::Test {
 protected:
  using Told = std::vector<std::string>;

  HubMembersTest() { world_.Settle(); }

  void Say(std::string text) {
    alice_.Give(SendFrame(room_, "m" + std::to_string(++sent_), std::move(text)));
  }

  // What the device was told, as "3 text", "4 member_removed", "lost".
  Told HeardBy(Device& device) {
    world_.Settle();
    Told told;
    for (const v1::ServerFrame& frame : device.TakeAnswers()) {
      if (frame.has_conversation()) told.push_back(frame.conversation().event());
      if (!frame.has_message()) continue;
      told.push_back(std::to_string(frame.message().seq()) + " " + frame.message().kind());
    }
    return told;
  }

  HubWorld world_{2};
  ConversationId room_ = world_.store().AddConversation({kAlice, kBob});
  Device& alice_ = world_.Connect(kAlice, 0);
  Device& bob_ = world_.Connect(kBob, 1);
  Device& carol_ = world_.Connect(kCarol, 1);
  int sent_ = 0;
};

TEST_F(HubMembersTest, WhoIsRemovedHearsOfItAndOfNothingAfter) {
  Say("before");
  world_.Settle();
  world_.store().RemoveMember(room_, kBob);
  world_.Settle();
  Say("after");

  EXPECT_EQ(HeardBy(bob_), (Told{"1 text", "lost", "2 member_removed"}));
  EXPECT_EQ(HeardBy(alice_), (Told{"2 member_removed"})) << "her own texts are acked";
}

// The list of members that is read for the first entry is already the one after the removal.
TEST_F(HubMembersTest, WhoIsRemovedMissesNothingOfWhatCameBefore) {
  Say("before");
  world_.store().RemoveMember(room_, kBob);
  Say("after");

  EXPECT_EQ(HeardBy(bob_), (Told{"lost", "1 text", "2 member_removed"}));
}

TEST_F(HubMembersTest, WhoIsAddedHearsOfTheConversationFirst) {
  Say("before");
  world_.Settle();
  world_.store().AddMember(room_, kCarol);
  world_.Settle();
  Say("after");

  EXPECT_EQ(HeardBy(carol_), (Told{"gained", "2 member_added", "3 text"}));
  EXPECT_EQ(HeardBy(bob_), (Told{"1 text", "2 member_added", "3 text"}));
}

TEST_F(HubMembersTest, WhoComesBackHearsOnFromThere) {
  Say("one");
  world_.Settle();
  world_.store().RemoveMember(room_, kBob);
  Say("two");
  world_.Settle();
  world_.store().AddMember(room_, kBob);
  Say("three");

  EXPECT_EQ(HeardBy(bob_),
            (Told{"1 text", "lost", "2 member_removed", "gained", "4 member_added", "5 text"}));
}

TEST_F(HubMembersTest, ARemovalThatTheBusLostHoldsAlsoForWhatCameAfter) {
  Say("before");
  world_.Settle();
  world_.store().RemoveMemberSilently(room_, kBob);
  world_.store().AppendSilently(room_, kAlice, "lost too");
  Say("after");

  EXPECT_EQ(HeardBy(bob_), (Told{"1 text", "2 member_removed"}));
}

TEST_F(HubMembersTest, SyncFindsNothingForWhoWasRemoved) {
  Say("before");
  world_.store().RemoveMember(room_, kBob);
  HeardBy(bob_);

  bob_.Give(SyncFrame({{room_, Seq(), Change()}}));
  world_.Settle();

  const auto frames = bob_.TakeAnswers();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].sync_done().conversations_size(), 0);
}

}  // namespace
}  // namespace chat
