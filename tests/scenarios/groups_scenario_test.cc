// Groups: who is in them, who may do what, and what each of them hears of it, live on every device.
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

// Alice, whose contacts Bob and Carol are, makes a group of the three.
class GroupsScenarioTest : public Scenario {
 protected:
  GroupsScenarioTest() {
    alice_.Befriends(bob_);
    alice_.Befriends(carol_);
  }

  void AliceCreatesTheGroup(const std::vector<const Person*>& others) {
    v1::CreateConversationRequest request;
    request.set_kind("group");
    request.set_name("Lunch");
    for (const Person* other : others) request.add_member_ids(other->id().number());
    const auto answer = alice_.api().Post<v1::ConversationResponse>("/v1/conversations", request);
    ASSERT_EQ(answer.status, 201) << answer.problem.code();
    group_ = ConversationId(answer.body.conversation().conversation_id());
    for (Person* person : {&alice_, &bob_, &carol_}) person->TalksIn(group_);
  }

  std::string Path() const { return "/v1/conversations/" + group_.ToString(); }
  std::string PathOf(const Person& member) const {
    return Path() + "/members/" + member.id().ToString();
  }

  int Adds(Person& who, const Person& whom) {
    v1::AddMembersRequest request;
    request.add_user_ids(whom.id().number());
    return who.api().Post<v1::AddMembersResponse>(Path() + "/members", request).status;
  }

  // What came of it: empty when it was done.
  std::string Removes(Person& who, const Person& whom) {
    return who.api().Delete(PathOf(whom)).problem.code();
  }
  std::string Makes(Person& who, const Person& whom, const std::string& role) {
    v1::UpdateMemberRequest request;
    request.set_role(role);
    return who.api().Patch<v1::MemberResponse>(PathOf(whom), request).problem.code();
  }
  std::string Renames(Person& who, const std::string& name) {
    v1::UpdateConversationRequest request;
    request.set_name(name);
    return who.api().Patch<v1::ConversationResponse>(Path(), request).problem.code();
  }

  // The next entry of the group, which has to be this one.
  v1::Message Hears(Person& who, std::int64_t seq, const std::string& kind) {
    v1::Message entry = who.Next(v1::ServerFrame::kMessage).message();
    EXPECT_EQ(entry.conversation_id(), group_.number()) << who.name();
    EXPECT_EQ(entry.seq(), seq) << who.name();
    EXPECT_EQ(entry.kind(), kind) << who.name();
    return entry;
  }

  Person alice_ = Joins("alice");
  Person bob_ = Joins("bob");
  Person carol_ = Joins("carol");
  ConversationId group_;
};
INSTANTIATE_TEST_SUITE_P(Everywhere, GroupsScenarioTest, AllSettings(), NameOf);

TEST_P(GroupsScenarioTest, AGroupReachesItsFirstMembersFromItsFirstEntryOn) {
  AliceCreatesTheGroup({&bob_, &carol_});

  for (Person* person : {&alice_, &bob_, &carol_}) {
    const v1::Conversation gained = person->ReceivesConversation("gained");
    EXPECT_EQ(gained.name(), "Lunch");
    EXPECT_EQ(gained.members_count(), 3u);
    EXPECT_EQ(Hears(*person, 1, "created").name(), "Lunch");
    Hears(*person, 2, "member_added");
    Hears(*person, 3, "member_added");
  }
  EXPECT_EQ(bob_.Sends("hungry?").seq, 4);
  alice_.Receives("hungry?");
  carol_.Receives("hungry?");
  for (Person* person : {&alice_, &bob_, &carol_}) person->HearsNothingElse();
}

TEST_P(GroupsScenarioTest, WhoComesLaterFindsTheWholeHistory) {
  AliceCreatesTheGroup({&bob_});
  alice_.Sends("hello");
  ASSERT_EQ(Adds(alice_, carol_), 201);

  EXPECT_EQ(carol_.ReceivesConversation("gained").members_count(), 3u);
  EXPECT_EQ(Hears(carol_, 4, "member_added").subject_user_id(), carol_.id().number());
  bob_.Sends("welcome");
  carol_.Receives("welcome");
  EXPECT_EQ(carol_.Syncs(0).messages.size(), 5u);
}

TEST_P(GroupsScenarioTest, WhoIsRemovedHearsOfThatLast) {
  AliceCreatesTheGroup({&bob_, &carol_});
  for (std::int64_t seq = 1; seq <= 3; ++seq) {
    bob_.Next(v1::ServerFrame::kMessage);
    carol_.Next(v1::ServerFrame::kMessage);
  }
  carol_.ReceivesConversation("gained");

  EXPECT_EQ(Removes(bob_, carol_), "forbidden");
  EXPECT_EQ(Removes(alice_, carol_), "");
  alice_.Sends("she is gone");

  EXPECT_EQ(Hears(carol_, 4, "member_removed").subject_user_id(), carol_.id().number());
  carol_.ReceivesConversation("lost");
  Hears(bob_, 4, "member_removed");
  bob_.Receives("she is gone");
  carol_.HearsNothingElse();
  EXPECT_TRUE(carol_.Syncs(0).messages.empty());
  carol_.BeginsToSend("am I?");
  carol_.IsRefused("not_found");
  EXPECT_EQ(carol_.api().Get<v1::ConversationResponse>(Path()).problem.code(), "not_found");
}

TEST_P(GroupsScenarioTest, AnOwnerGoesOnceAnotherIsOne) {
  AliceCreatesTheGroup({&bob_, &carol_});

  EXPECT_EQ(Removes(alice_, alice_), "owner_must_transfer");
  EXPECT_EQ(Makes(bob_, bob_, "owner"), "forbidden");
  EXPECT_EQ(Makes(alice_, bob_, "owner"), "");
  EXPECT_EQ(Removes(alice_, alice_), "");
  EXPECT_EQ(Makes(bob_, carol_, "admin"), "");
  EXPECT_EQ(Removes(carol_, bob_), "forbidden");
  EXPECT_EQ(Removes(carol_, carol_), "");
  EXPECT_EQ(Removes(bob_, bob_), "");

  for (std::int64_t seq = 1; seq <= 3; ++seq) bob_.Next(v1::ServerFrame::kMessage);
  EXPECT_EQ(Hears(bob_, 4, "role_changed").role(), "owner");
  Hears(bob_, 5, "member_removed");
  EXPECT_EQ(Hears(bob_, 6, "role_changed").role(), "admin");
  Hears(bob_, 7, "member_removed");
  EXPECT_EQ(Hears(bob_, 8, "member_removed").subject_user_id(), bob_.id().number());
}

TEST_P(GroupsScenarioTest, ANewNameReachesAll) {
  AliceCreatesTheGroup({&bob_, &carol_});
  for (Person* person : {&bob_, &carol_}) {
    person->ReceivesConversation("gained");
    for (std::int64_t seq = 1; seq <= 3; ++seq) person->Next(v1::ServerFrame::kMessage);
  }

  EXPECT_EQ(Renames(bob_, "Dinner"), "forbidden");
  EXPECT_EQ(Makes(alice_, bob_, "admin"), "");
  EXPECT_EQ(Renames(bob_, "Dinner"), "");

  bob_.ReceivesConversation("changed");  // his role
  for (Person* person : {&bob_, &carol_}) {
    EXPECT_EQ(person->ReceivesConversation("changed").name(), "Dinner");
    Hears(*person, 4, "role_changed");
    EXPECT_EQ(Hears(*person, 5, "renamed").name(), "Dinner");
  }
}

}  // namespace
}  // namespace chat::testing
