// The contract of the port Contacts.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/bus.h"
#include "server/ports/contacts.h"
#include "server/ports/presence_records.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {

Result<Contact, ContactError> ContactsContract::Request(UserId requester, UserId target) {
  return Await<Contact, ContactError>(
      [&](auto done) { store().contacts().Request(requester, target, std::move(done)); });
}

Result<Contact, ContactError> ContactsContract::Accept(UserId accepter, UserId requester) {
  return Await<Contact, ContactError>(
      [&](auto done) { store().contacts().Accept(accepter, requester, std::move(done)); });
}

Result<void, ContactError> ContactsContract::Remove(UserId remover, UserId other) {
  return Await<void, ContactError>(
      [&](auto done) { store().contacts().Remove(remover, other, std::move(done)); });
}

std::vector<Contact> ContactsContract::List(UserId viewer, UserId after, int limit) {
  const auto contacts = Await<std::vector<Contact>, ReadError>([&](auto done) {
    store().contacts().List({.viewer = viewer, .after = after, .limit = limit}, std::move(done));
  });
  EXPECT_TRUE(contacts.has_value());
  return contacts ? *contacts : std::vector<Contact>();
}

namespace {

// Expects one change for each of two users, told as `event`, with the other of them in it.
void ExpectToldBoth(const std::vector<UserChange>& changes, ContactEvent event, UserId one,
                    UserId other) {
  ASSERT_EQ(changes.size(), 2u);
  for (const auto& [user, about] : {std::pair(one, other), std::pair(other, one)}) {
    const UserChange& change = changes[0].user_id == user ? changes[0] : changes[1];
    ASSERT_EQ(change.user_id, user);
    const auto* contact = std::get_if<ContactChanged>(&change.what);
    ASSERT_NE(contact, nullptr);
    EXPECT_EQ(contact->event, event);
    EXPECT_EQ(contact->other.user_id, about);
    EXPECT_FALSE(contact->other.username.empty());
  }
}

TEST_P(ContactsContract, ShowsARequestToBothSides) {
  const auto users = AddUsers(2);
  bus().Clear();

  const auto contact = Request(users[0], users[1]);

  ASSERT_TRUE(contact.has_value());
  EXPECT_EQ(contact->user.user_id, users[1]);
  EXPECT_EQ(contact->state, ContactState::kRequested);
  ASSERT_EQ(List(users[0]).size(), 1u);
  EXPECT_EQ(List(users[0])[0].state, ContactState::kRequested);
  ASSERT_EQ(List(users[1]).size(), 1u);
  EXPECT_EQ(List(users[1])[0].state, ContactState::kRequesting);
  EXPECT_EQ(List(users[1])[0].user.user_id, users[0]);
  ExpectToldBoth(bus().user_changes(), ContactEvent::kRequested, users[0], users[1]);
}

TEST_P(ContactsContract, MakesContactsOfBothWhenTheOtherAccepts) {
  const auto users = AddUsers(2);
  ASSERT_TRUE(Request(users[0], users[1]).has_value());
  bus().Clear();

  const auto contact = Accept(users[1], users[0]);

  ASSERT_TRUE(contact.has_value());
  EXPECT_EQ(contact->user.user_id, users[0]);
  EXPECT_EQ(contact->state, ContactState::kContact);
  EXPECT_EQ(List(users[0])[0].state, ContactState::kContact);
  EXPECT_EQ(List(users[1])[0].state, ContactState::kContact);
  ExpectToldBoth(bus().user_changes(), ContactEvent::kAccepted, users[0], users[1]);
}

TEST_P(ContactsContract, TakesARequestOfBothSidesForAnAcceptance) {
  const auto users = AddUsers(2);
  bus().Clear();

  const auto answers = AwaitAll<Contact, ContactError>(2, [&](int i, auto done) {
    store().contacts().Request(users[i], users[1 - i], std::move(done));
  });

  for (const auto& contact : answers) EXPECT_TRUE(contact.has_value());
  EXPECT_EQ(List(users[0])[0].state, ContactState::kContact);
  EXPECT_EQ(List(users[1])[0].state, ContactState::kContact);
  EXPECT_EQ(bus().user_changes().size(), 4u);
}

TEST_P(ContactsContract, AnswersASecondRequestAsTheFirstAndTellsNobody) {
  const auto users = AddUsers(2);
  ASSERT_TRUE(Request(users[0], users[1]).has_value());
  bus().Clear();

  const auto again = Request(users[0], users[1]);

  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->state, ContactState::kRequested);
  EXPECT_TRUE(bus().user_changes().empty());
}

TEST_P(ContactsContract, RefusesWhatIsNoRequest) {
  const auto users = AddUsers(2);

  EXPECT_EQ(ErrorOf(Request(users[0], users[0])), ContactError::kCannotAddSelf);
  EXPECT_EQ(ErrorOf(Request(users[0], UserId(42))), ContactError::kNotFound);
  EXPECT_EQ(ErrorOf(Request(UserId(42), users[0])), ContactError::kNotFound);
  EXPECT_EQ(ErrorOf(Accept(users[0], users[1])), ContactError::kNotFound);
  EXPECT_EQ(ErrorOf(Remove(users[0], users[1])), ContactError::kNotFound);

  ASSERT_TRUE(Request(users[0], users[1]).has_value());
  EXPECT_EQ(ErrorOf(Accept(users[0], users[1])), ContactError::kNotFound) << "one's own request";

  ASSERT_TRUE(Accept(users[1], users[0]).has_value());
  EXPECT_EQ(ErrorOf(Request(users[0], users[1])), ContactError::kAlreadyContacts);
  EXPECT_EQ(ErrorOf(Accept(users[1], users[0])), ContactError::kAlreadyContacts);
}

TEST_P(ContactsContract, RemovesAContactOnBothSides) {
  const auto users = AddUsers(2);
  MakeContacts(users[0], users[1]);
  bus().Clear();

  ASSERT_TRUE(Remove(users[1], users[0]).has_value());

  EXPECT_TRUE(List(users[0]).empty());
  EXPECT_TRUE(List(users[1]).empty());
  ExpectToldBoth(bus().user_changes(), ContactEvent::kRemoved, users[0], users[1]);
  EXPECT_EQ(ErrorOf(Remove(users[1], users[0])), ContactError::kNotFound);
  EXPECT_TRUE(Request(users[1], users[0]).has_value()) << "they may begin anew";
}

TEST_P(ContactsContract, RemovesARequestFromEitherSide) {
  const auto users = AddUsers(2);

  ASSERT_TRUE(Request(users[0], users[1]).has_value());
  ASSERT_TRUE(Remove(users[0], users[1]).has_value()) << "taken back";
  ASSERT_TRUE(Request(users[0], users[1]).has_value());
  ASSERT_TRUE(Remove(users[1], users[0]).has_value()) << "refused";

  EXPECT_TRUE(List(users[0]).empty());
  EXPECT_TRUE(List(users[1]).empty());
}

TEST_P(ContactsContract, CountsEachUsersChangesWithoutHoles) {
  const auto users = AddUsers(3);
  bus().Clear();

  ASSERT_TRUE(Request(users[0], users[1]).has_value());
  ASSERT_TRUE(Request(users[2], users[0]).has_value());
  ASSERT_TRUE(Remove(users[0], users[1]).has_value());
  store().Restart();
  ASSERT_TRUE(Accept(users[0], users[2]).has_value());

  std::vector<Change> changes;
  for (const UserChange& change : bus().user_changes()) {
    if (change.user_id == users[0]) changes.push_back(change.change);
  }
  EXPECT_EQ(changes, (std::vector{Change(1), Change(2), Change(3), Change(4)}));
}

TEST_P(ContactsContract, TellsWhoListsAUserOfTheirNewDisplayName) {
  const auto users = AddUsers(4);
  MakeContacts(users[0], users[1]);
  ASSERT_TRUE(Request(users[2], users[0]).has_value());
  bus().Clear();
  const auto rename = [&](const std::string& name) {
    return Await<Account, ViewError>(
        [&](auto done) { store().accounts().SetDisplayName(users[0], name, std::move(done)); });
  };

  ASSERT_TRUE(rename("Alice").has_value());
  ASSERT_TRUE(rename("Alice").has_value()) << "which is no change";

  std::vector<UserId> told;
  for (const UserChange& change : bus().user_changes()) {
    const auto* contact = std::get_if<ContactChanged>(&change.what);
    ASSERT_NE(contact, nullptr);
    EXPECT_EQ(contact->event, ContactEvent::kChanged);
    EXPECT_EQ(contact->other.user_id, users[0]);
    EXPECT_EQ(contact->other.display_name, "Alice");
    told.push_back(change.user_id);
  }
  std::ranges::sort(told);
  EXPECT_EQ(told, (std::vector{users[1], users[2]}));
}

TEST_P(ContactsContract, ListsInPagesAscendingById) {
  const auto users = AddUsers(6);
  for (int i = 5; i > 0; --i) ASSERT_TRUE(Request(users[0], users[i]).has_value());

  const auto first = List(users[0], UserId(), 3);
  const auto second = List(users[0], users[3], 3);

  ASSERT_EQ(first.size(), 3u);
  ASSERT_EQ(second.size(), 2u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(first[i].user.user_id, users[i + 1]);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(second[i].user.user_id, users[i + 4]);
}

TEST_P(ContactsContract, ShowsWhenSomeoneWasLastSeenToContactsOnly) {
  const auto users = AddUsers(3);
  MakeContacts(users[0], users[1]);
  ASSERT_TRUE(Request(users[0], users[2]).has_value());

  store().presence_records().RecordLastSeen({{.user_id = users[1], .last_seen_at = clock().Now()},
                                             {.user_id = users[2], .last_seen_at = clock().Now()}});
  ASSERT_TRUE(Eventually([&] { return List(users[0])[0].last_seen_at.has_value(); }));

  const auto contacts = List(users[0]);
  ASSERT_EQ(contacts.size(), 2u);
  EXPECT_EQ(contacts[0].last_seen_at, clock().Now());
  EXPECT_EQ(contacts[1].last_seen_at, std::nullopt);
}

}  // namespace
}  // namespace chat::contracts
