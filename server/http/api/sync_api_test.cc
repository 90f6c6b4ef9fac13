#include "server/http/api/sync_api.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/chat.pb.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

class SyncApiTest : public ApiFixture {
 protected:
  v1::SyncResponse Page(const Person& who, const std::string& cursor, const std::string& limit) {
    return Read<v1::SyncResponse>(Get(who, "/v1/sync", {{"cursor", cursor}, {"limit", limit}}));
  }

  // All pages; a cursor is all that a client keeps.
  v1::SyncResponse Sync(const Person& who, const std::string& cursor = "",
                        const std::string& limit = "200") {
    v1::SyncResponse all = Page(who, cursor, limit);
    while (all.more()) {
      v1::SyncResponse next = Page(who, all.next_cursor(), limit);
      all.MergeFrom(next);
      all.set_more(next.more());
    }
    return all;
  }

  const Person alice_ = Join("alice");
  const Person bob_ = Join("bob");
};

TEST_F(SyncApiTest, TellsEverythingWithoutACursor) {
  Befriend(alice_, bob_);
  const ConversationId chat = OpenDirect(alice_, bob_);
  Say(alice_, chat, "one");
  online_.insert(alice_.user_id);

  const v1::SyncResponse all = Sync(bob_);

  ASSERT_EQ(all.contacts_size(), 1);
  EXPECT_EQ(all.contacts(0).user().username(), "alice");
  EXPECT_TRUE(all.contacts(0).online());
  ASSERT_EQ(all.conversations_size(), 1);
  EXPECT_EQ(all.conversations(0).unread_count(), 1u);
  EXPECT_EQ(all.conversations(0).peer().username(), "alice");
  ASSERT_EQ(all.heads_size(), 1);
  EXPECT_EQ(all.heads(0).last_seq(), 1);
  EXPECT_NE(all.next_cursor(), "");
}

TEST_F(SyncApiTest, TellsOnlyWhatChangedSinceTheCursor) {
  Befriend(alice_, bob_);
  const ConversationId chat = OpenDirect(alice_, bob_);
  const std::string known = Sync(bob_).next_cursor();
  EXPECT_EQ(Sync(bob_, known).heads_size(), 0);

  Say(alice_, chat, "one");
  Say(alice_, chat, "two");

  const v1::SyncResponse moved = Sync(bob_, known);
  EXPECT_EQ(moved.contacts_size(), 0);
  EXPECT_EQ(moved.conversations_size(), 0);
  ASSERT_EQ(moved.heads_size(), 1);
  EXPECT_EQ(moved.heads(0).conversation_id(), chat.number());
  EXPECT_EQ(moved.heads(0).last_seq(), 2);
  EXPECT_EQ(moved.heads(0).unread_count(), 2u);

  Advance(bob_, chat, Seq(2));
  const v1::SyncResponse read = Sync(bob_, moved.next_cursor());
  ASSERT_EQ(read.heads_size(), 1);
  EXPECT_EQ(read.heads(0).my_read_seq(), 2);
  EXPECT_EQ(read.heads(0).unread_count(), 0u);
}

TEST_F(SyncApiTest, TellsWhatIsLostByItsKind) {
  Befriend(alice_, bob_);
  const std::string known = Sync(bob_).next_cursor();
  EXPECT_EQ(Delete(alice_, "/v1/contacts/" + bob_.user_id.ToString()).status, Status::kNoContent);

  const v1::SyncResponse changed = Sync(bob_, known);

  ASSERT_EQ(changed.lost_size(), 1);
  EXPECT_EQ(changed.lost(0).kind(), "contact");
  EXPECT_EQ(changed.lost(0).user_id(), alice_.user_id.number());
  EXPECT_FALSE(changed.lost(0).has_conversation_id());
}

TEST_F(SyncApiTest, NothingOfThePresenceOfWhoOnlyAsksIsTold) {
  online_.insert(alice_.user_id);
  Post(alice_, "/v1/contacts", R"({"username":"bob"})");

  const v1::SyncResponse all = Sync(bob_);

  ASSERT_EQ(all.contacts_size(), 1);
  EXPECT_EQ(all.contacts(0).state(), "requesting");
  EXPECT_FALSE(all.contacts(0).online());
}

TEST_F(SyncApiTest, SmallPagesTellTheSame) {
  Befriend(alice_, bob_);
  const Person carol = Join("carol");
  Befriend(bob_, carol);
  OpenDirect(alice_, bob_);
  OpenDirect(carol, bob_);

  const v1::SyncResponse all = Sync(bob_, "", "1");

  EXPECT_EQ(all.contacts_size(), 2);
  EXPECT_EQ(all.conversations_size(), 2);
}

TEST_F(SyncApiTest, RefusesCursorsThatItDidNotMake) {
  for (const char* cursor : {"x", "AAAA", "zzzzzzzzzzzzzzzz"}) {
    const Response refused = Get(alice_, "/v1/sync", {{"cursor", cursor}});
    EXPECT_EQ(CodeOf(refused), "invalid_argument");
  }
}

TEST_F(SyncApiTest, AStoreThatIsAwayIsSaidSo) {
  StopStore();
  EXPECT_EQ(Get(alice_, "/v1/sync").status, Status::kServiceUnavailable);
}

}  // namespace
}  // namespace chat::http
