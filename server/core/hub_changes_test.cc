// Edits, deletions and reactions through whole hubs: who is answered what, and who hears of it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/core/hub.h"
#include "tests/harness/hub_world.h"

namespace chat {
namespace {

using testing::DeleteFrame;
using testing::Device;
using testing::EditFrame;
using testing::HubWorld;
using testing::ReactFrame;
using testing::SendFrame;
using testing::SyncFrame;

constexpr UserId kAlice(1001);
constexpr UserId kBob(1002);
constexpr UserId kEve(1003);

class HubChangesTest : public ::testing::Test {
 protected:
  HubChangesTest() {
    alice_.Give(SendFrame(room_, "m1", "hello"));
    world_.Settle();
    for (Device* device : {&alice_, &bob_, &bobs_phone_, &eve_}) device->Take();
  }

  std::vector<v1::ServerFrame> Answers(Device& device) {
    world_.Settle();
    return device.TakeAnswers();
  }

  HubWorld world_{2};
  ConversationId room_ = world_.store().AddConversation({kAlice, kBob});
  Device& alice_ = world_.Connect(kAlice);
  Device& bob_ = world_.Connect(kBob, 1);
  Device& bobs_phone_ = world_.Connect(kBob, 0, Encoding::kJson);
  Device& eve_ = world_.Connect(kEve, 1);
};

TEST_F(HubChangesTest, AnEditIsAckedAndHeardOfOnEveryDeviceOfEveryMember) {
  alice_.Give(EditFrame(room_, Seq(1), "better"));

  const auto answers = Answers(alice_);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_TRUE(answers[0].has_edited());
  EXPECT_EQ(answers[1].ref(), 10u);
  EXPECT_EQ(answers[1].ack().conversation_id(), room_.number());
  EXPECT_EQ(answers[1].ack().seq(), 1);
  EXPECT_EQ(answers[1].ack().change(), 1);
  EXPECT_FALSE(answers[1].ack().has_client_msg_id());
  for (Device* device : {&bob_, &bobs_phone_}) {
    const auto heard = Answers(*device);
    ASSERT_EQ(heard.size(), 1u);
    const v1::EditedEvent& edited = heard[0].edited();
    EXPECT_EQ(edited.conversation_id(), room_.number());
    EXPECT_EQ(edited.seq(), 1);
    EXPECT_EQ(edited.change(), 1);
    EXPECT_EQ(edited.user_id(), kAlice.number());
    EXPECT_EQ(edited.text(), "better");
    EXPECT_TRUE(edited.has_edited_at());
  }
  EXPECT_TRUE(Answers(eve_).empty());
}

TEST_F(HubChangesTest, ADeletionAndAReactionAreHeardOfInTheirOrder) {
  bob_.Give(ReactFrame(room_, Seq(1), "+1"));
  world_.Settle();
  alice_.Give(DeleteFrame(room_, Seq(1)));

  const auto heard = Answers(bobs_phone_);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[0].reaction().change(), 1);
  EXPECT_EQ(heard[0].reaction().user_id(), kBob.number());
  EXPECT_EQ(heard[0].reaction().emoji(), "+1");
  EXPECT_TRUE(heard[0].reaction().on());
  EXPECT_EQ(heard[1].deleted().change(), 2);
  EXPECT_EQ(heard[1].deleted().seq(), 1);
  EXPECT_EQ(heard[1].deleted().user_id(), kAlice.number());
}

TEST_F(HubChangesTest, WhatCannotBeChangedIsRefusedWithItsRef) {
  eve_.Give(EditFrame(room_, Seq(1), "mine"));
  const auto stranger = Answers(eve_);
  bob_.Give(ReactFrame(room_, Seq(2), "+1"));
  const auto absent = Answers(bob_);
  world_.store().SetState(testing::MemoryStore::State::kDown);
  alice_.Give(DeleteFrame(room_, Seq(1)));
  const auto down = Answers(alice_);

  ASSERT_EQ(stranger.size(), 1u);
  EXPECT_EQ(stranger[0].ref(), 10u);
  EXPECT_EQ(stranger[0].error().code(), "not_found");
  ASSERT_EQ(absent.size(), 1u);
  EXPECT_EQ(absent[0].error().code(), "not_found");
  ASSERT_EQ(down.size(), 1u);
  EXPECT_EQ(down[0].error().code(), "unavailable");
  EXPECT_TRUE(down[0].error().has_retry_after_ms());
}

TEST_F(HubChangesTest, AnIllegalTextOrEmojiIsRefusedUnasked) {
  alice_.Give(EditFrame(room_, Seq(1), ""));
  bob_.Give(ReactFrame(room_, Seq(1), std::string(65, 'x')));

  EXPECT_EQ(Answers(alice_)[0].error().code(), "invalid_argument");
  EXPECT_EQ(Answers(bob_)[0].error().code(), "invalid_argument");
}

TEST_F(HubChangesTest, SyncBringsWhatChangedAsItIsNow) {
  alice_.Give(EditFrame(room_, Seq(1), "better"));
  bob_.Give(ReactFrame(room_, Seq(1), "+1"));
  world_.Settle();
  bob_.Take();

  bob_.Give(SyncFrame({{room_, Seq(1), Change()}}));

  const auto frames = Answers(bob_);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].message().seq(), 1);
  EXPECT_EQ(frames[0].message().text(), "better");
  EXPECT_EQ(frames[0].message().change(), 2);
  const v1::SyncPosition& position = frames[1].sync_done().conversations(0);
  EXPECT_EQ(position.next_after_seq(), 1);
  EXPECT_EQ(position.next_after_change(), 2);
  EXPECT_FALSE(position.more());
}

// Whatever is changed between any two steps of a sync, the reader sees its last state.
TEST_F(HubChangesTest, NoChangeIsLostWhereverItFallsIntoASync) {
  std::int64_t known = 0;
  for (int steps_before = 0; steps_before < 12; ++steps_before) {
    bob_.Give(SyncFrame({{room_, Seq(1), Change(known)}}));
    for (int step = 0; step < steps_before; ++step) world_.executor().RunOne();
    const std::string text = "text " + std::to_string(steps_before);
    alice_.Give(EditFrame(room_, Seq(1), text));

    std::string seen;
    for (const v1::ServerFrame& frame : Answers(bob_)) {
      if (frame.has_message()) seen = frame.message().text();
      if (frame.has_edited()) {
        EXPECT_EQ(frame.edited().change(), known + 1);
        known = frame.edited().change();
        seen = frame.edited().text();
      }
      if (frame.has_sync_done()) {
        EXPECT_FALSE(frame.sync_done().conversations(0).more());
        known = frame.sync_done().conversations(0).next_after_change();
      }
    }
    EXPECT_EQ(seen, text) << steps_before;
    EXPECT_EQ(known, steps_before + 1);
  }
}

}  // namespace
}  // namespace chat
