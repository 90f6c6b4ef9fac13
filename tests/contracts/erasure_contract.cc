// The contract of Accounts::Erase.
#include "tests/contracts/erasure_contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "protocol/limits.h"
#include "server/ports/contacts.h"
#include "server/ports/messages.h"
#include "server/ports/sessions.h"

namespace chat::contracts {

Result<Erasure, ViewError> ErasureContract::EraseSome(UserId user) {
  return Await<Erasure, ViewError>(
      [&](auto done) { store().accounts().Erase(user, std::move(done)); });
}

void ErasureContract::Erase(UserId user) {
  Result<Erasure, ViewError> step = Erasure::kMore;
  while (step == Erasure::kMore) step = EraseSome(user);
  EXPECT_TRUE(step.has_value());
}

Result<Account, ViewError> ErasureContract::FindById(UserId user) {
  return Await<Account, ViewError>(
      [&](auto done) { store().accounts().FindById(user, std::move(done)); });
}

std::vector<Member> ErasureContract::MembersOf(ConversationId group, UserId viewer) {
  const auto members =
      List({.viewer = viewer, .conversation_id = group, .after = {}, .limit = 100});
  EXPECT_TRUE(members.has_value());
  return members.value_or(std::vector<Member>());
}

namespace {

TEST_P(ErasureContract, ErasesAPersonAndKeepsWhatTheySaid) {
  const UserId alice = AddUser("alice");
  const UserId bob = AddUser("bob");
  const ConversationId direct = AddDirect(alice, bob);
  Send(direct, alice, "hello");
  const auto session = Await<RefreshedSession, OpenSessionError>([&](auto done) {
    store().sessions().Open({.user_id = alice,
                             .device_name = "a phone",
                             .refresh_hash = {1},
                             .lifetime = kRefreshTokenLifetime},
                            std::move(done));
  });
  ASSERT_TRUE(session.has_value());
  bus().Clear();

  Erase(alice);

  const auto erased = FindById(alice);
  ASSERT_TRUE(erased.has_value());
  EXPECT_TRUE(erased->disabled);
  EXPECT_EQ(erased->user.display_name, "Deleted user");
  EXPECT_EQ(erased->email + erased->password_hash, "");
  ASSERT_EQ(bus().revoked_sessions().size(), 1u);
  EXPECT_EQ(bus().batches().back()->disabled_users, std::vector{alice});
  EXPECT_EQ(bus().user_changes().size(), 2u) << "the contact is removed on both sides";
  const auto said = Entries(direct);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].sender_id, alice);
  EXPECT_NE(AddUser("alice"), alice) << "name and email are free again";
}

TEST_P(ErasureContract, ErasesWhoHasMoreContactsThanOneStepEnds) {
  const auto users = AddUsers(103);
  const auto request = [&](UserId requester, UserId target) {
    return Await<Contact, ContactError>(
        [&](auto done) { store().contacts().Request(requester, target, std::move(done)); });
  };
  const auto asked = AwaitAll<Contact, ContactError>(102, [&](int i, auto done) {
    store().contacts().Request(users[0], users[i + 1], std::move(done));
  });
  for (const auto& contact : asked) ASSERT_TRUE(contact.has_value());

  EXPECT_EQ(EraseSome(users[0]), Erasure::kMore);
  EXPECT_FALSE(FindById(users[0])->disabled);
  Erase(users[0]);

  EXPECT_TRUE(FindById(users[0])->disabled);
  EXPECT_EQ(ErrorOf(request(users[1], users[0])), ContactError::kNotFound) << "is not there";
  EXPECT_EQ(ErrorOf(request(users[0], users[1])), ContactError::kNotFound) << "nor asks";
}

TEST_P(ErasureContract, PassesAGroupOnToTheAdminWhoWasInItForLongest) {
  const auto users = AddUsers(4);
  const ConversationId group = Made(users);
  const GroupAct owner{.actor = users[0], .conversation_id = group};
  ASSERT_TRUE(ChangeRole(owner, {.subject = users[3], .role = Role::kAdmin}).has_value());
  ASSERT_TRUE(ChangeRole(owner, {.subject = users[2], .role = Role::kAdmin}).has_value());
  const std::size_t before = Entries(group).size();
  bus().Clear();

  Erase(users[0]);

  const auto entries = Entries(group);
  ASSERT_EQ(entries.size(), before + 2);
  EXPECT_EQ(entries[before].kind, EntryKind::kRoleChanged);
  EXPECT_EQ(entries[before].sender_id, users[0]);
  EXPECT_EQ(entries[before].subject_user_id, users[2]);
  EXPECT_EQ(entries[before].role, "owner");
  EXPECT_EQ(entries[before + 1].kind, EntryKind::kMemberRemoved);
  EXPECT_EQ(entries[before + 1].subject_user_id, users[0]);
  const auto members = MembersOf(group, users[1]);
  ASSERT_EQ(members.size(), 3u);
  EXPECT_EQ(members[0].role, Role::kMember);
  EXPECT_EQ(members[1].role, Role::kOwner);
  EXPECT_EQ(members[2].role, Role::kAdmin);
  EXPECT_EQ(ErrorOf(Find(users[0], group)), ViewError::kNotFound);
  const auto commits = std::ranges::count_if(
      bus().batches(), [](const auto& batch) { return !batch->entries.empty(); });
  EXPECT_EQ(commits, 1) << "never without an owner";
  ASSERT_EQ(bus().entries().size(), 2u);
  EXPECT_EQ(bus().entries()[0].members_seq, entries.back().seq);
  EXPECT_TRUE(Rename({.actor = users[2], .conversation_id = group}, "ours").has_value());
}

TEST_P(ErasureContract, PassesAGroupWithoutAdminsOnToTheMemberWhoWasInItForLongest) {
  const auto users = AddUsers(3);
  const ConversationId group = Made({users[0], users[2]});
  MakeContacts(users[0], users[1]);
  ASSERT_TRUE(Add({.actor = users[0], .conversation_id = group}, {users[1]}).has_value());

  Erase(users[0]);

  const auto members = MembersOf(group, users[1]);
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].role, Role::kMember);
  EXPECT_EQ(members[1].role, Role::kOwner);
}

TEST_P(ErasureContract, LeavesGroupsThatHaveAnotherOwnerOrNobodyElseAsTheyAre) {
  const auto users = AddUsers(3);
  const ConversationId owned_by_two = Made(users);
  ASSERT_TRUE(ChangeRole({.actor = users[0], .conversation_id = owned_by_two},
                         {.subject = users[2], .role = Role::kOwner})
                  .has_value());
  const ConversationId lonely = Made({users[0]});

  Erase(users[0]);

  EXPECT_EQ(Entries(owned_by_two).back().kind, EntryKind::kMemberRemoved);
  EXPECT_EQ(MembersOf(owned_by_two, users[1])[0].role, Role::kMember);
  const auto entries = Entries(lonely);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].kind, EntryKind::kMemberRemoved);
  EXPECT_TRUE(Recipients(lonely).members.empty());
}

TEST_P(ErasureContract, LeavesMoreGroupsThanOneStepLeaves) {
  const auto users = AddUsers(2);
  MakeContacts(users[0], users[1]);
  std::vector<ConversationId> groups;
  for (int i = 0; i < 21; ++i) groups.push_back(MadeOfContacts(users));

  EXPECT_EQ(EraseSome(users[0]), Erasure::kMore);
  Erase(users[0]);

  for (const ConversationId group : groups) {
    EXPECT_EQ(MembersOf(group, users[1]).size(), 1u);
  }
}

// Somebody may join, be raised or leave between the look at a group and its lock.
TEST_P(ErasureContract, LeavesNoGroupWithoutOwnerThatOthersChangeMeanwhile) {
  const auto users = AddUsers(4);
  const ConversationId group = Made(users);
  bool erased = false;

  const auto answers = AwaitAll<void, GroupError>(2, [&](int i, auto done) {
    if (i == 0) {
      store().accounts().Erase(users[0], [&](auto) {
        store().accounts().Erase(users[0], [&](auto) { erased = true; });
      });
    }
    store().groups().Remove({.actor = users[i + 1], .conversation_id = group}, users[i + 1],
                            std::move(done));
  });

  ASSERT_TRUE(executor().RunUntil([&] { return erased; }));
  for (const auto& answer : answers) {
    EXPECT_TRUE(answer.has_value() || answer.error() == GroupError::kOwnerMustTransfer);
  }
  Erase(users[0]);
  int owners = 0;
  for (const Member& member : MembersOf(group, users[3])) owners += member.role == Role::kOwner;
  EXPECT_EQ(owners, 1);
}

}  // namespace
}  // namespace chat::contracts
