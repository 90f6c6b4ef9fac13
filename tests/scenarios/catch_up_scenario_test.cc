// A device that was away asks what it has missed.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "tests/harness/chat_client.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

// How many things a page holds.
constexpr int kOneThing = 1;
constexpr int kPlenty = 100;

class CatchUpScenarioTest : public Scenario {
 protected:
  // All pages after the cursor as one answer, whose `next_cursor` is that of the last page.
  static v1::SyncResponse CatchesUp(const Person& who, const std::string& cursor, int limit) {
    constexpr int kPagesMax = 1000;
    v1::SyncResponse all;
    all.set_next_cursor(cursor);
    all.set_more(true);
    for (int pages = 0; all.more(); ++pages) {
      if (pages == kPagesMax) throw Surprise("there is always more to catch up with");
      std::string target = "/v1/sync?limit=" + std::to_string(limit);
      if (!all.next_cursor().empty()) target += "&cursor=" + all.next_cursor();
      auto answer = who.api().Get<v1::SyncResponse>(target);
      if (answer.status != 200) throw Surprise("cannot catch up: " + answer.problem.code());
      all.MergeFrom(answer.body);
      // A merge does not take what is false.
      all.set_more(answer.body.more());
    }
    return all;
  }

  static ConversationId CreatesGroup(const Person& who, const Person& with,
                                     const std::string& name) {
    v1::CreateConversationRequest request;
    request.set_kind("group");
    request.set_name(name);
    request.add_member_ids(with.id().number());
    const auto answer = who.api().Post<v1::ConversationResponse>("/v1/conversations", request);
    EXPECT_EQ(answer.status, 201) << answer.problem.code();
    return ConversationId(answer.body.conversation().conversation_id());
  }

  // The last that was told of it.
  static v1::ConversationHead HeadOf(const v1::SyncResponse& answer, ConversationId conversation) {
    v1::ConversationHead last;
    for (const v1::ConversationHead& head : answer.heads()) {
      if (head.conversation_id() == conversation.number()) last = head;
    }
    return last;
  }
};
INSTANTIATE_TEST_SUITE_P(Everywhere, CatchUpScenarioTest, AllSettings(), NameOf);

TEST_P(CatchUpScenarioTest, WhoKnowsNothingIsToldEverything) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  alice.Sends("hi");

  const v1::SyncResponse all = CatchesUp(bob, "", kPlenty);

  ASSERT_EQ(all.contacts_size(), 1);
  EXPECT_EQ(all.contacts(0).user().user_id(), alice.id().number());
  EXPECT_EQ(all.contacts(0).state(), "contact");
  EXPECT_TRUE(all.contacts(0).online());
  ASSERT_EQ(all.conversations_size(), 1);
  EXPECT_EQ(all.conversations(0).conversation_id(), bob.conversation().number());
  EXPECT_EQ(all.conversations(0).last_message().text(), "hi");
  ASSERT_EQ(all.heads_size(), 1);
  EXPECT_EQ(all.heads(0).last_seq(), 1);
  EXPECT_EQ(all.heads(0).unread_count(), 1u);
}

TEST_P(CatchUpScenarioTest, ADeviceThatWasAwayLearnsOfEntriesAndMarks) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Introduce(alice, bob);
  Person tablet = world().JoinsAgain(bob, "tablet");
  const std::string cursor = CatchesUp(tablet, "", kPlenty).next_cursor();
  tablet.Disconnects();
  for (const char* text : {"one", "two", "three"}) {
    alice.Sends(text);
    bob.Receives(text);
  }
  bob.Reads(2);
  EXPECT_EQ(alice.ReceivesReceipt().read_seq(), 2);

  tablet.MovesTo(world().NextEndpoint());
  const v1::SyncResponse missed = CatchesUp(tablet, cursor, kOneThing);

  const v1::ConversationHead head = HeadOf(missed, bob.conversation());
  EXPECT_EQ(head.last_seq(), 3);
  EXPECT_EQ(head.my_read_seq(), 2);
  EXPECT_EQ(head.unread_count(), 1u);
  tablet.Connects();
  tablet.TalksIn(bob.conversation());
  EXPECT_EQ(tablet.Syncs(0).messages.size(), 3u);

  const v1::SyncResponse nothing = CatchesUp(tablet, missed.next_cursor(), kPlenty);
  EXPECT_EQ(nothing.heads_size(), 0) << nothing.ShortDebugString();
  EXPECT_EQ(nothing.contacts_size() + nothing.conversations_size() + nothing.lost_size(), 0);
}

TEST_P(CatchUpScenarioTest, ADeviceThatWasAwayLearnsWhatCameAndWent) {
  Person alice = Joins("alice");
  Person bob = Joins("bob");
  Person carol = Joins("carol");
  Person dave = Joins("dave");
  alice.Befriends(bob);
  dave.Befriends(bob);
  const ConversationId old_group = CreatesGroup(alice, bob, "Old");
  Person tablet = world().JoinsAgain(bob, "tablet");
  const std::string cursor = CatchesUp(tablet, "", kPlenty).next_cursor();
  tablet.Disconnects();

  const std::string bob_in_old =
      "/v1/conversations/" + old_group.ToString() + "/members/" + bob.id().ToString();
  ASSERT_EQ(alice.api().Delete(bob_in_old).status, 204);
  const ConversationId new_group = CreatesGroup(alice, bob, "New");
  carol.Asks(bob);
  ASSERT_EQ(bob.api().Put("/v1/blocks/" + dave.id().ToString()).status, 204);

  tablet.MovesTo(world().NextEndpoint());
  const v1::SyncResponse missed = CatchesUp(tablet, cursor, kOneThing);

  ASSERT_EQ(missed.contacts_size(), 1);
  EXPECT_EQ(missed.contacts(0).user().user_id(), carol.id().number());
  EXPECT_EQ(missed.contacts(0).state(), "requesting");
  ASSERT_EQ(missed.blocks_size(), 1);
  EXPECT_EQ(missed.blocks(0).user().user_id(), dave.id().number());
  ASSERT_EQ(missed.conversations_size(), 1);
  EXPECT_EQ(missed.conversations(0).conversation_id(), new_group.number());
  EXPECT_EQ(missed.conversations(0).name(), "New");
  ASSERT_EQ(missed.lost_size(), 2);
  EXPECT_EQ(missed.lost(0).kind(), "conversation");
  EXPECT_EQ(missed.lost(0).conversation_id(), old_group.number());
  EXPECT_EQ(missed.lost(1).kind(), "contact");
  EXPECT_EQ(missed.lost(1).user_id(), dave.id().number());
  EXPECT_EQ(HeadOf(missed, old_group).conversation_id(), 0) << "it is not the user's any more";
}

}  // namespace
}  // namespace chat::testing
