// The contract of the port Groups; who may do what is in group_roles_contract.cc.
#include "tests/contracts/groups_contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/bus.h"
#include "server/ports/groups.h"

namespace chat::contracts {

Result<ConversationView, GroupError> GroupsContract::Create(UserId creator,
                                                            std::vector<UserId> others) {
  return Await<ConversationView, GroupError>([&](auto done) {
    store().groups().Create({.creator = creator, .name = "us", .member_ids = others},
                            std::move(done));
  });
}

Result<ConversationView, GroupError> GroupsContract::Rename(GroupAct act, std::string name) {
  return Await<ConversationView, GroupError>(
      [&](auto done) { store().groups().Rename(act, name, std::move(done)); });
}

Result<std::vector<Member>, GroupError> GroupsContract::Add(GroupAct act,
                                                            std::vector<UserId> users) {
  return Await<std::vector<Member>, GroupError>(
      [&](auto done) { store().groups().Add(act, users, std::move(done)); });
}

Result<void, GroupError> GroupsContract::Remove(GroupAct act, UserId subject) {
  return Await<void, GroupError>(
      [&](auto done) { store().groups().Remove(act, subject, std::move(done)); });
}

Result<Member, GroupError> GroupsContract::ChangeRole(GroupAct act, NewRole change) {
  return Await<Member, GroupError>(
      [&](auto done) { store().groups().ChangeRole(act, change, std::move(done)); });
}

Result<std::vector<Member>, ViewError> GroupsContract::List(MemberPageRequest page) {
  return Await<std::vector<Member>, ViewError>(
      [&](auto done) { store().groups().ListMembers(page, std::move(done)); });
}

ConversationId GroupsContract::Made(const std::vector<UserId>& users) {
  for (std::size_t i = 1; i < users.size(); ++i) MakeContacts(users[0], users[i]);
  return MadeOfContacts(users);
}

ConversationId GroupsContract::MadeOfContacts(const std::vector<UserId>& users) {
  const auto view = Create(users[0], users);
  EXPECT_TRUE(view.has_value());
  bus().Clear();
  return view ? view->conversation.conversation_id : ConversationId();
}

MemberList GroupsContract::Recipients(ConversationId group, Seq after) {
  const auto list = Await<MemberList, ViewError>(
      [&](auto done) { store().conversations().ListMembers(group, after, std::move(done)); });
  EXPECT_TRUE(list.has_value());
  return list ? *list : MemberList();
}

Result<ConversationView, ViewError> GroupsContract::Find(UserId viewer, ConversationId group) {
  return Await<ConversationView, ViewError>(
      [&](auto done) { store().conversations().Find(viewer, group, std::move(done)); });
}

std::vector<Entry> GroupsContract::Entries(ConversationId group) {
  const auto range = Await<std::vector<Entry>, ReadError>(
      [&](auto done) { store().messages().ReadRange(group, Seq(), Seq(1000), std::move(done)); });
  EXPECT_TRUE(range.has_value());
  return range ? *range : std::vector<Entry>();
}

namespace {

// The events told of the group, as "gained 17".
std::vector<std::string> ToldOf(const RecordingBus& bus) {
  std::vector<std::string> told;
  for (const UserChange& change : bus.user_changes()) {
    const auto* changed = std::get_if<ConversationChanged>(&change.what);
    if (changed == nullptr) continue;
    const char* event = changed->event == ConversationEvent::kGained ? "gained "
                        : changed->event == ConversationEvent::kLost ? "lost "
                                                                     : "changed ";
    told.push_back(event + change.user_id.ToString());
  }
  std::ranges::sort(told);
  return told;
}

std::vector<std::string> Told(const std::string& event, const std::vector<UserId>& users) {
  std::vector<std::string> told;
  for (const UserId user : users) told.push_back(event + " " + user.ToString());
  std::ranges::sort(told);
  return told;
}

TEST_P(GroupsContract, CreatesAGroupOfTheCreatorAndTheirContacts) {
  const auto users = AddUsers(3);
  MakeContacts(users[0], users[1]);
  MakeContacts(users[0], users[2]);
  bus().Clear();

  const auto view = Create(users[0], {users[2], users[1], users[2], users[0]});

  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->conversation.kind, ConversationKind::kGroup);
  EXPECT_EQ(view->conversation.name, "us");
  EXPECT_EQ(view->conversation.members_count, 3);
  EXPECT_EQ(view->conversation.last_seq, Seq(3));
  EXPECT_EQ(view->my_role, Role::kOwner);
  EXPECT_FALSE(view->peer.has_value());
  EXPECT_EQ(ToldOf(bus()), Told("gained", users));
  const auto recipients = Recipients(view->conversation.conversation_id);
  EXPECT_EQ(recipients.members, users);
  EXPECT_EQ(recipients.members_seq, Seq(3));
}

TEST_P(GroupsContract, BeginsWithItsCreationAndItsFirstMembers) {
  const auto users = AddUsers(3);
  MakeContacts(users[0], users[1]);
  MakeContacts(users[0], users[2]);
  bus().Clear();

  const auto view = Create(users[0], {users[1], users[2]});

  ASSERT_TRUE(view.has_value());
  const auto entries = Entries(view->conversation.conversation_id);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].kind, EntryKind::kCreated);
  EXPECT_EQ(entries[0].name, "us");
  EXPECT_FALSE(entries[0].subject_user_id.has_value());
  for (int i : {1, 2}) {
    EXPECT_EQ(entries[i].seq, Seq(i + 1));
    EXPECT_EQ(entries[i].kind, EntryKind::kMemberAdded);
    EXPECT_EQ(entries[i].sender_id, users[0]);
    EXPECT_EQ(entries[i].subject_user_id, users[i]);
    EXPECT_EQ(entries[i].role, "member");
    EXPECT_FALSE(entries[i].name.has_value());
    EXPECT_EQ(entries[i].client_msg_id, "");
  }
  const auto told = bus().entries();
  ASSERT_EQ(told.size(), 3u);
  for (int i : {0, 1, 2}) {
    EXPECT_EQ(told[i].entry.seq, Seq(i + 1));
    EXPECT_EQ(told[i].entry.message_id, entries[i].message_id);
    EXPECT_EQ(told[i].members_seq, Seq(3));
  }
}

TEST_P(GroupsContract, MayBeginWithItsCreatorAlone) {
  const UserId user = AddUser("alone");

  const auto view = Create(user, {});

  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->conversation.members_count, 1);
  EXPECT_EQ(view->conversation.last_seq, Seq(1));
}

TEST_P(GroupsContract, TakesOnlyContacts) {
  const auto users = AddUsers(3);
  const ConversationId group = Made({users[0], users[1]});
  const GroupAct act{.actor = users[0], .conversation_id = group};

  EXPECT_EQ(ErrorOf(Create(users[0], {users[1], users[2]})), GroupError::kNotContacts);
  EXPECT_EQ(ErrorOf(Create(users[0], {UserId(42)})), GroupError::kNotContacts);
  EXPECT_EQ(ErrorOf(Add(act, {users[2]})), GroupError::kNotContacts);
  EXPECT_EQ(ErrorOf(Add(act, {users[1], UserId(-1)})), GroupError::kNotContacts);
  EXPECT_TRUE(bus().entries().empty());
  EXPECT_EQ(Recipients(group).members.size(), 2u);
}

TEST_P(GroupsContract, AddsWhoIsNotInItYet) {
  const auto users = AddUsers(4);
  const ConversationId group = Made({users[0], users[1]});
  MakeContacts(users[0], users[2]);
  MakeContacts(users[0], users[3]);
  Send(group, users[1], "before");
  bus().Clear();

  const auto members =
      Add({.actor = users[0], .conversation_id = group}, {users[3], users[1], users[2]});

  ASSERT_TRUE(members.has_value());
  ASSERT_EQ(members->size(), 3u);
  for (int i : {0, 1, 2}) EXPECT_EQ((*members)[i].user.user_id, users[i + 1]);
  EXPECT_EQ((*members)[1].joined_seq, Seq(4));
  EXPECT_EQ((*members)[2].joined_seq, Seq(5));
  const auto told = bus().entries();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].entry.subject_user_id, users[2]);
  EXPECT_EQ(told[1].entry.subject_user_id, users[3]);
  EXPECT_EQ(ToldOf(bus()), Told("gained", {users[2], users[3]}));
  const auto view = Find(users[2], group);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->conversation.members_count, 4);
  EXPECT_EQ(view->unread_count, 0) << "what was said before they came is read";
}

TEST_P(GroupsContract, AddingMembersAgainChangesNothing) {
  const auto users = AddUsers(2);
  const ConversationId group = Made(users);

  const auto members = Add({.actor = users[0], .conversation_id = group}, {users[1], users[0]});

  ASSERT_TRUE(members.has_value());
  EXPECT_EQ(members->size(), 2u);
  EXPECT_TRUE(bus().batches().empty() || bus().entries().empty());
  EXPECT_EQ(Entries(group).size(), 2u);
}

TEST_P(GroupsContract, RenamesForAll) {
  const auto users = AddUsers(3);
  const ConversationId group = Made(users);
  const GroupAct act{.actor = users[0], .conversation_id = group};

  const auto view = Rename(act, "them");
  const auto again = Rename(act, "them");

  ASSERT_TRUE(view.has_value() && again.has_value());
  EXPECT_EQ(view->conversation.name, "them");
  EXPECT_EQ(again->conversation.last_seq, Seq(4));
  const auto told = bus().entries();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].entry.kind, EntryKind::kRenamed);
  EXPECT_EQ(told[0].entry.name, "them");
  EXPECT_EQ(told[0].members_seq, Seq(3)) << "the membership is as it was";
  EXPECT_EQ(ToldOf(bus()), Told("changed", users));
}

TEST_P(GroupsContract, RemovesAMemberByAnEntryThatIsTheirLast) {
  const auto users = AddUsers(3);
  const ConversationId group = Made(users);

  ASSERT_TRUE(Remove({.actor = users[0], .conversation_id = group}, users[2]).has_value());

  const auto told = bus().entries();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].entry.kind, EntryKind::kMemberRemoved);
  EXPECT_EQ(told[0].entry.sender_id, users[0]);
  EXPECT_EQ(told[0].entry.subject_user_id, users[2]);
  EXPECT_EQ(told[0].members_seq, Seq(4));
  EXPECT_EQ(ToldOf(bus()), Told("lost", {users[2]}));
  const auto recipients = Recipients(group, Seq(3));
  EXPECT_EQ(recipients.members, (std::vector{users[0], users[1]}));
  ASSERT_EQ(recipients.former.size(), 1u);
  EXPECT_EQ(recipients.former[0].user_id, users[2]);
  EXPECT_EQ(recipients.former[0].left_seq, Seq(4));
  EXPECT_TRUE(Recipients(group, Seq(4)).former.empty());
  EXPECT_EQ(ErrorOf(Find(users[2], group)), ViewError::kNotFound);
  const auto sent = Append({.conversation_id = group,
                            .sender_id = users[2],
                            .client_msg_id = "late",
                            .text = "late",
                            .reply_to_seq = {},
                            .origin = {}});
  EXPECT_EQ(ErrorOf(sent), AppendError::kNotFound);
}

TEST_P(GroupsContract, WhoComesBackIsOneMemberAgain) {
  const auto users = AddUsers(2);
  const ConversationId group = Made(users);
  const GroupAct act{.actor = users[0], .conversation_id = group};
  ASSERT_TRUE(Remove(act, users[1]).has_value());
  store().Restart();

  const auto members = Add(act, {users[1]});

  ASSERT_TRUE(members.has_value());
  EXPECT_EQ(members->front().joined_seq, Seq(4));
  const auto recipients = Recipients(group);
  EXPECT_EQ(recipients.members, users);
  EXPECT_TRUE(recipients.former.empty());
  EXPECT_TRUE(Find(users[1], group).has_value());
}

TEST_P(GroupsContract, AnOwnerLeavesOnlyAfterAnotherIsOne) {
  const auto users = AddUsers(2);
  const ConversationId group = Made(users);
  const GroupAct owner{.actor = users[0], .conversation_id = group};

  EXPECT_EQ(ErrorOf(Remove(owner, users[0])), GroupError::kOwnerMustTransfer);
  EXPECT_EQ(ErrorOf(ChangeRole(owner, {.subject = users[0], .role = Role::kMember})),
            GroupError::kOwnerMustTransfer);
  const auto member = ChangeRole(owner, {.subject = users[1], .role = Role::kOwner});
  ASSERT_TRUE(member.has_value());
  EXPECT_EQ(member->role, Role::kOwner);
  EXPECT_TRUE(Remove(owner, users[0]).has_value());
  // The last one may go too.
  EXPECT_TRUE(Remove({.actor = users[1], .conversation_id = group}, users[1]).has_value());

  EXPECT_TRUE(Recipients(group).members.empty());
  EXPECT_EQ(Entries(group).size(), 5u);
}

TEST_P(GroupsContract, TellsOfANewRole) {
  const auto users = AddUsers(2);
  const ConversationId group = Made(users);
  const GroupAct owner{.actor = users[0], .conversation_id = group};

  ASSERT_TRUE(ChangeRole(owner, {.subject = users[1], .role = Role::kAdmin}).has_value());
  ASSERT_TRUE(ChangeRole(owner, {.subject = users[1], .role = Role::kAdmin}).has_value());

  const auto told = bus().entries();
  ASSERT_EQ(told.size(), 1u) << "the second changed nothing";
  EXPECT_EQ(told[0].entry.kind, EntryKind::kRoleChanged);
  EXPECT_EQ(told[0].entry.subject_user_id, users[1]);
  EXPECT_EQ(told[0].entry.role, "admin");
  EXPECT_EQ(told[0].members_seq, Seq(2));
  EXPECT_EQ(ToldOf(bus()), Told("changed", {users[1]}));
  EXPECT_EQ(Find(users[1], group)->my_role, Role::kAdmin);
}

TEST_P(GroupsContract, ListsMembersInPages) {
  const auto users = AddUsers(4);
  const ConversationId group = Made({users[0], users[1], users[2]});
  MemberPageRequest page{.viewer = users[1], .conversation_id = group, .after = {}, .limit = 2};

  const auto first = List(page);
  page.after = users[1];
  const auto second = List(page);
  page.viewer = users[3];
  const auto stranger = List(page);

  ASSERT_TRUE(first.has_value() && second.has_value());
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ((*first)[0].user.user_id, users[0]);
  EXPECT_EQ((*first)[0].role, Role::kOwner);
  EXPECT_EQ((*first)[0].joined_seq, Seq(1));
  EXPECT_EQ((*first)[1].role, Role::kMember);
  ASSERT_EQ(second->size(), 1u);
  EXPECT_EQ((*second)[0].user.user_id, users[2]);
  EXPECT_EQ(ErrorOf(stranger), ViewError::kNotFound);
}

TEST_P(GroupsContract, OfTwoOwnersWhoLeaveAtOnceOneStays) {
  const auto users = AddUsers(3);
  const ConversationId group = Made(users);
  ASSERT_TRUE(ChangeRole({.actor = users[0], .conversation_id = group},
                         {.subject = users[1], .role = Role::kOwner})
                  .has_value());

  const auto answers = AwaitAll<void, GroupError>(2, [&](int i, auto done) {
    store().groups().Remove({.actor = users[i], .conversation_id = group}, users[i],
                            std::move(done));
  });

  const int left = static_cast<int>(
      std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); }));
  EXPECT_EQ(left, 1);
  EXPECT_EQ(ErrorOf(answers[0].has_value() ? answers[1] : answers[0]),
            GroupError::kOwnerMustTransfer);
  EXPECT_EQ(Recipients(group).members.size(), 2u);
}

TEST_P(GroupsContract, CountsAndNumbersWhateverComesAtOnce) {
  const auto users = AddUsers(4);
  const ConversationId group = Made({users[0], users[1], users[2]});
  MakeContacts(users[0], users[3]);
  const GroupAct owner{.actor = users[0], .conversation_id = group};

  constexpr int kRounds = 8;
  AwaitAll<void, GroupError>(3 * kRounds, [&](int i, Completion<void, GroupError> done) {
    const UserId subject = users[2 + (i % 2)];
    if (i % 3 == 0) return store().groups().Remove(owner, subject, std::move(done));
    if (i % 3 == 1) {
      return store().groups().Add(owner, {subject}, [done = std::move(done)](auto) mutable {
        done(Result<void, GroupError>());
      });
    }
    store().messages().Append(
        {.conversation_id = group,
         .sender_id = users[1],
         .client_msg_id = std::to_string(i),
         .text = "text",
         .reply_to_seq = {},
         .origin = {}},
        [done = std::move(done)](auto) mutable { done(Result<void, GroupError>()); });
  });

  const auto entries = Entries(group);
  std::int64_t seq = 0;
  for (const Entry& entry : entries) EXPECT_EQ(entry.seq, Seq(++seq));
  const auto view = Find(users[0], group);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->conversation.last_seq, Seq(seq));
  EXPECT_EQ(view->conversation.members_count, std::ssize(Recipients(group).members));
}

}  // namespace
}  // namespace chat::contracts
