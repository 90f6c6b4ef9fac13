// The contract of the port PresenceRecords.
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/contacts.h"
#include "server/ports/presence_records.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {

std::vector<LastSeen> PresenceRecordsContract::FindVisible(UserId viewer,
                                                           std::vector<UserId> users) {
  const auto visible = Await<std::vector<LastSeen>, ReadError>(
      [&](auto done) { store().presence_records().FindVisible(viewer, users, std::move(done)); });
  EXPECT_TRUE(visible.has_value());
  return visible ? *visible : std::vector<LastSeen>();
}

namespace {

std::vector<UserId> IdsOf(const std::vector<LastSeen>& seen) {
  std::vector<UserId> ids;
  for (const LastSeen& each : seen) ids.push_back(each.user_id);
  return ids;
}

TEST_P(PresenceRecordsContract, ShowsContactsAndFellowMembersOfGroups) {
  const auto users = AddUsers(6);
  MakeContacts(users[0], users[1]);
  const auto request = Await<Contact, ContactError>(
      [&](auto done) { store().contacts().Request(users[0], users[2], std::move(done)); });
  ASSERT_TRUE(request.has_value());
  AddGroup({users[0], users[3]});
  const ConversationId left = AddGroup({users[0], users[4]});
  RemoveMember(left, users[4]);

  const auto visible = FindVisible(users[0], users);

  EXPECT_EQ(IdsOf(visible), (std::vector{users[1], users[3]}))
      << "not oneself, not who was only asked, not who has left, not a stranger";
}

TEST_P(PresenceRecordsContract, HidesWhoWasAContactButSharesADirectConversation) {
  const auto users = AddUsers(2);
  AddDirect(users[0], users[1]);
  const auto removed = Await<void, ContactError>(
      [&](auto done) { store().contacts().Remove(users[0], users[1], std::move(done)); });
  ASSERT_TRUE(removed.has_value());

  EXPECT_TRUE(FindVisible(users[0], users).empty());
  EXPECT_TRUE(FindVisible(users[1], users).empty());
}

TEST_P(PresenceRecordsContract, KeepsTheLaterTimeOverARestart) {
  const auto users = AddUsers(2);
  MakeContacts(users[0], users[1]);
  const UnixTime later = clock().Now();
  const UnixTime earlier = later - std::chrono::hours(1);
  EXPECT_EQ(FindVisible(users[0], {users[1]})[0].last_seen_at, std::nullopt);

  // Whatever is written after them, once it is answered, shows that they were written too.
  store().presence_records().RecordLastSeen({{.user_id = users[1], .last_seen_at = later}});
  store().presence_records().RecordLastSeen({{.user_id = users[1], .last_seen_at = earlier}});
  AddUser("last");
  store().Restart();

  const auto visible = FindVisible(users[0], {users[1]});
  ASSERT_EQ(visible.size(), 1u);
  EXPECT_EQ(visible[0].last_seen_at, later);
}

}  // namespace
}  // namespace chat::contracts
