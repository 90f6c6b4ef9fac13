#include "server/http/api/contacts_api.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "server/http/api/api_fixture.h"
#include "server/http/api/paging.h"

namespace chat::http {
namespace {

class ContactsApiTest : public ApiFixture {
 protected:
  Response Ask(const Person& who, const Person& whom) {
    return Post(who, "/v1/contacts", R"({"username":")" + whom.username + "\"}");
  }

  Response Accept(const Person& who, const Person& whom) {
    return Post(who, "/v1/contacts/" + whom.user_id.ToString() + "/accept");
  }

  v1::ListContactsResponse List(const Person& who, std::vector<Field> query = {}) {
    return Read<v1::ListContactsResponse>(Get(who, "/v1/contacts", std::move(query)));
  }
};

TEST_F(ContactsApiTest, ShowsARequestToBothSides) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");

  const Response response = Ask(alice, bob);

  EXPECT_EQ(response.status, Status::kCreated);
  const auto contact = Read<v1::ContactResponse>(response).contact();
  EXPECT_EQ(contact.user().username(), "bob");
  EXPECT_EQ(contact.state(), "requested");
  ASSERT_EQ(List(bob).contacts_size(), 1);
  EXPECT_EQ(List(bob).contacts(0).user().username(), "alice");
  EXPECT_EQ(List(bob).contacts(0).state(), "requesting");
}

TEST_F(ContactsApiTest, AcceptingMakesBothContacts) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  Ask(alice, bob);

  const Response response = Accept(bob, alice);

  EXPECT_EQ(response.status, Status::kOk);
  EXPECT_EQ(Read<v1::ContactResponse>(response).contact().state(), "contact");
  EXPECT_EQ(List(alice).contacts(0).state(), "contact");
  EXPECT_EQ(List(bob).contacts(0).state(), "contact");
}

TEST_F(ContactsApiTest, AskingBackAcceptsAndCanNameAnId) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  Ask(alice, bob);

  const Response response =
      Post(bob, "/v1/contacts", R"({"user_id":")" + alice.user_id.ToString() + "\"}");

  EXPECT_EQ(response.status, Status::kCreated);
  EXPECT_EQ(Read<v1::ContactResponse>(response).contact().state(), "contact");
}

TEST_F(ContactsApiTest, RefusesOneselfStrangersToTheServerAndContacts) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  Befriend(alice, bob);

  EXPECT_EQ(CodeOf(Ask(alice, alice)), "cannot_add_self");
  EXPECT_EQ(CodeOf(Ask(alice, bob)), "already_contacts");
  EXPECT_EQ(CodeOf(Post(alice, "/v1/contacts", R"({"username":"nobody"})")), "not_found");
  EXPECT_EQ(CodeOf(Post(alice, "/v1/contacts", R"({"username":"no body"})")), "not_found");
  for (const char* id : {"12345", "0", "-7"}) {
    EXPECT_EQ(CodeOf(Post(alice, "/v1/contacts", R"({"user_id":")" + std::string(id) + "\"}")),
              "not_found")
        << id;
  }
}

TEST_F(ContactsApiTest, WantsExactlyOneOfNameAndId) {
  const Person alice = Join("alice");

  EXPECT_EQ(CodeOf(Post(alice, "/v1/contacts", "{}")), "invalid_argument");
  EXPECT_EQ(CodeOf(Post(alice, "/v1/contacts", R"({"username":"bob","user_id":"1"})")),
            "invalid_argument");
}

TEST_F(ContactsApiTest, OnlyTheOneWhoWasAskedCanAccept) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  const Person carol = Join("carol");
  Ask(alice, bob);

  const Response missing = Post(carol, "/v1/contacts/12345/accept");

  EXPECT_EQ(CodeOf(missing), "not_found");
  EXPECT_EQ(Accept(alice, bob).body, missing.body);
  EXPECT_EQ(Accept(carol, alice).body, missing.body);
  EXPECT_EQ(Post(carol, "/v1/contacts/x/accept").body, missing.body);
}

TEST_F(ContactsApiTest, RemovingEndsItOnBothSides) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  Befriend(alice, bob);

  const Response response = Delete(bob, "/v1/contacts/" + alice.user_id.ToString());

  EXPECT_EQ(response.status, Status::kNoContent);
  EXPECT_EQ(List(alice).contacts_size(), 0);
  EXPECT_EQ(List(bob).contacts_size(), 0);
  EXPECT_EQ(CodeOf(Delete(bob, "/v1/contacts/" + alice.user_id.ToString())), "not_found");
  EXPECT_EQ(CodeOf(Delete(bob, "/v1/contacts/x")), "not_found");
}

TEST_F(ContactsApiTest, ShowsWhoIsOnlineAmongContactsOnly) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  const Person carol = Join("carol");
  Befriend(alice, bob);
  Ask(alice, carol);
  online_ = {bob.user_id, carol.user_id};

  const auto contacts = List(alice);

  ASSERT_EQ(contacts.contacts_size(), 2);
  EXPECT_EQ(contacts.contacts(0).user().username(), "bob");
  EXPECT_TRUE(contacts.contacts(0).online());
  EXPECT_EQ(contacts.contacts(1).user().username(), "carol");
  EXPECT_FALSE(contacts.contacts(1).online());
}

TEST_F(ContactsApiTest, PagesThroughAllContactsOnce) {
  const Person alice = Join("alice");
  for (const char* name : {"bob", "carol", "dave", "erin", "frank"}) Ask(alice, Join(name));

  std::vector<std::string> names;
  std::vector<int> sizes;
  std::string cursor;
  do {
    const auto page = List(alice, {{"limit", "2"}, {"cursor", cursor}});
    for (const auto& contact : page.contacts()) names.push_back(contact.user().username());
    sizes.push_back(page.contacts_size());
    cursor = page.next_cursor();
  } while (!cursor.empty() && sizes.size() < 10);

  EXPECT_EQ(names, (std::vector<std::string>{"bob", "carol", "dave", "erin", "frank"}));
  EXPECT_EQ(sizes, (std::vector<int>{2, 2, 1}));
  EXPECT_EQ(List(alice, {{"limit", "5"}}).next_cursor(), "");
}

TEST_F(ContactsApiTest, RefusesABadLimitAndABadCursor) {
  const Person alice = Join("alice");
  const std::string others = EncodeCursor({.kind = CursorKind::kEntriesAfter, .numbers = {1}});

  for (const char* limit : {"0", "-1", "x", "", "1.5", " 1"}) {
    EXPECT_EQ(CodeOf(Get(alice, "/v1/contacts", {{"limit", limit}})), "invalid_argument") << limit;
  }
  for (const std::string& cursor : {std::string("x"), std::string("AAAA"), others}) {
    EXPECT_EQ(CodeOf(Get(alice, "/v1/contacts", {{"cursor", cursor}})), "invalid_argument")
        << cursor;
  }
  EXPECT_EQ(Get(alice, "/v1/contacts", {{"limit", "99999999999999999999"}}).status, Status::kOk);
}

}  // namespace
}  // namespace chat::http
