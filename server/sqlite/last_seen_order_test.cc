// A record that nobody answers is in the file before whatever is written after it, where one thread
// writes.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/presence_records.h"
#include "server/sqlite/conversation_fixture.h"
#include "server/sqlite/presence_records.h"

namespace chat::sqlite {
namespace {

class LastSeenOrderTest : public ConversationFixture {};

TEST_F(LastSeenOrderTest, IsRecordedBeforeTheNextWriteIsAnswered) {
  Open(Options());
  const UserId alice = AddUser("alice");
  const UserId bob = AddUser("bob");
  AddDirect(alice, bob);
  PresenceRecords records(database(), executor());

  records.RecordLastSeen({{.user_id = bob, .last_seen_at = clock().Now()}});
  AddUser("carol");

  const auto visible = Await<std::vector<LastSeen>, ReadError>(
      [&](auto done) { records.FindVisible(alice, {bob}, std::move(done)); });
  ASSERT_TRUE(visible.has_value());
  ASSERT_EQ(visible->size(), 1u);
  EXPECT_EQ(visible->front().last_seen_at, clock().Now());
}

}  // namespace
}  // namespace chat::sqlite
