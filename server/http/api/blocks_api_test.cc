#include "server/http/api/blocks_api.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

class BlocksApiTest : public ApiFixture {
 protected:
  static std::string PathOf(const Person& who) { return "/v1/blocks/" + who.user_id.ToString(); }
  v1::ListBlocksResponse List(const Person& who, std::vector<Field> query = {}) {
    return Read<v1::ListBlocksResponse>(Get(who, "/v1/blocks", std::move(query)));
  }
};

TEST_F(BlocksApiTest, BlocksAndUnblocksHoweverOftenItIsSaid) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");

  EXPECT_EQ(Put(alice, PathOf(bob)).status, Status::kNoContent);
  EXPECT_EQ(Put(alice, PathOf(bob)).status, Status::kNoContent);
  ASSERT_EQ(List(alice).blocks_size(), 1);
  EXPECT_EQ(List(alice).blocks(0).user().username(), "bob");
  EXPECT_EQ(List(bob).blocks_size(), 0);

  EXPECT_EQ(Delete(alice, PathOf(bob)).status, Status::kNoContent);
  EXPECT_EQ(Delete(alice, PathOf(bob)).status, Status::kNoContent);
  EXPECT_EQ(List(alice).blocks_size(), 0);
}

TEST_F(BlocksApiTest, ListsInPages) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  const Person carol = Join("carol");
  Put(alice, PathOf(carol));
  Put(alice, PathOf(bob));

  const auto first = List(alice, {{"limit", "1"}});
  const auto second = List(alice, {{"limit", "1"}, {"cursor", first.next_cursor()}});

  ASSERT_EQ(first.blocks_size(), 1);
  EXPECT_EQ(first.blocks(0).user().username(), "bob");
  ASSERT_EQ(second.blocks_size(), 1);
  EXPECT_EQ(second.blocks(0).user().username(), "carol");
  EXPECT_EQ(second.next_cursor(), "");
}

TEST_F(BlocksApiTest, RefusesWhoIsNobodyOrOneself) {
  const Person alice = Join("alice");

  EXPECT_EQ(CodeOf(Put(alice, "/v1/blocks/1")), "not_found");
  EXPECT_EQ(CodeOf(Put(alice, "/v1/blocks/x")), "not_found");
  EXPECT_EQ(CodeOf(Delete(alice, "/v1/blocks/1")), "not_found");
  EXPECT_EQ(CodeOf(Put(alice, PathOf(alice))), "invalid_argument");
}

TEST_F(BlocksApiTest, HidesEachFromTheOther) {
  const Person alice = Join("alice");
  const Person bob = Join("bob");
  Befriend(alice, bob);
  online_ = {alice.user_id, bob.user_id};

  Put(alice, PathOf(bob));

  for (const auto& [one, other] : {std::pair(alice, bob), std::pair(bob, alice)}) {
    EXPECT_EQ(Read<v1::ListContactsResponse>(Get(one, "/v1/contacts")).contacts_size(), 0);
    EXPECT_EQ(CodeOf(Post(one, "/v1/contacts", R"({"username":")" + other.username + "\"}")),
              "not_found");
    EXPECT_EQ(CodeOf(Post(one, "/v1/conversations",
                          R"({"kind":"direct","user_id":")" + other.user_id.ToString() + "\"}")),
              "not_contacts");
  }
}

}  // namespace
}  // namespace chat::http
