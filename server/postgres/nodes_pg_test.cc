// Tests of the leases of nodes, and of what a node may still do whose lease was ended.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/ports/nodes.h"
#include "server/postgres/lease.h"
#include "server/postgres/nodes.h"
#include "server/postgres/store_fixture.h"

namespace chat::postgres {
namespace {

constexpr ConversationId kRoom{100};
constexpr UserId kAnn{1};

class NodesTest : public StoreFixture {
 protected:
  NodeLeases Renew(TestNode& node) {
    Nodes nodes(node.database(), node.executor());
    const auto leases =
        node.Await<NodeLeases, ReadError>([&](auto done) { nodes.Renew(std::move(done)); });
    EXPECT_TRUE(leases.has_value());
    return leases.value_or(NodeLeases());
  }

  Result<bool, ReadError> End(TestNode& node, const NodeLease& seen,
                              const std::vector<UserId>& online = {}) {
    Nodes nodes(node.database(), node.executor());
    return node.Await<bool, ReadError>(
        [&](auto done) { nodes.End(seen, online, std::move(done)); });
  }
};

TEST_F(NodesTest, GivesEachNodeANumberAndAGreaterEpoch) {
  TestNode one(url(), "one");
  TestNode two(url(), "two");

  const NodeLeases of_one = Renew(one);
  const NodeLeases of_two = Renew(two);

  EXPECT_LT(of_one.own, of_two.own);
  ASSERT_EQ(of_two.others.size(), 1u);
  EXPECT_EQ(of_two.others[0].epoch, of_one.own);
  EXPECT_EQ(of_two.others[0].name, "one");
  EXPECT_EQ(of_two.others[0].renewals, 1u);
  EXPECT_EQ(Count("SELECT count(DISTINCT number) FROM nodes"), 2);
}

TEST_F(NodesTest, GivesTheLeaseBackWhenItStops) {
  TestNode one(url(), "one");
  {
    const TestNode two(url(), "two");
  }

  EXPECT_TRUE(Renew(one).others.empty());
}

TEST_F(NodesTest, LetsOneEndALeaseThatStoodStillAndWritesWhenItsUsersWereSeen) {
  TestNode one(url(), "one");
  TestNode two(url(), "two");
  AddGroup(kRoom, 3);
  server().Execute("UPDATE users SET last_seen_at = 9999999999999 WHERE user_id = 2");
  Renew(one);
  NodeLease stale = Renew(two).others.at(0);
  Renew(one);
  const NodeLease seen = Renew(two).others.at(0);

  EXPECT_EQ(End(two, stale, {kAnn}), false) << "it was renewed since";
  EXPECT_EQ(End(two, seen, {kAnn, UserId(2)}), true);
  EXPECT_EQ(End(two, seen, {kAnn}), false) << "another was first";

  EXPECT_GT(Count("SELECT last_seen_at FROM users WHERE user_id = 1"), 1'600'000'000'000);
  EXPECT_EQ(Count("SELECT last_seen_at FROM users WHERE user_id = 2"), 9'999'999'999'999);
  EXPECT_EQ(Count("SELECT count(*) FROM users WHERE user_id = 3 AND last_seen_at IS NULL"), 1);
}

TEST_F(NodesTest, LetsANodeWhoseLeaseWasEndedStoreUnderANewOneOnly) {
  TestNode one(url(), "one");
  TestNode two(url(), "two");
  AddGroup(kRoom, 2);
  const Epoch before = Renew(one).own;
  ASSERT_TRUE(one.Append(TextMessage(kRoom, kAnn, "1", "first")).has_value());
  ASSERT_EQ(End(two, Renew(two).others.at(0)), true);

  const AppendResult after = one.Append(TextMessage(kRoom, kAnn, "2", "second"));

  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->seq, Seq(2));
  const Epoch now = Renew(one).own;
  EXPECT_GT(now, before);
  const auto& batches = one.bus().batches();
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(batches[0]->position.origin, before);
  EXPECT_EQ(batches[1]->position.origin, now);
  EXPECT_EQ(batches[1]->position.batch, 1u) << "each epoch counts from 1";
}

TEST_F(NodesTest, RefusesATransactionThatHoldsAnEndedLease) {
  TestNode one(url(), "one");
  TestNode two(url(), "two");
  const LeaseKey held = one.database().lease().held();
  Renew(one);
  ASSERT_EQ(End(two, Renew(two).others.at(0)), true);

  pqxx::connection connection(url());
  pqxx::work work(connection);

  EXPECT_THROW(work.exec("SELECT * FROM append_batch(" + std::to_string(held.number.number()) +
                         ", " + held.epoch.ToString() +
                         ", 0::smallint, 1, false, 1, '{}', '{}', '{}', '{}', '{}', "
                         "'{}', '{}', '{}')"),
               pqxx::sql_error);
}

// A number that is free again goes to the next node, whose clock may be behind.
TEST_F(NodesTest, MakesNoIdBelowThoseOfTheLastHolderOfItsNumber) {
  MessageId before;
  {
    TestNode one(url(), "one");
    AddGroup(kRoom, 2);
    before = one.Append(TextMessage(kRoom, kAnn, "1", "first"))->message_id;
  }
  EXPECT_GT(Count("SELECT id_floor_ms FROM id_floors WHERE number = 0"),
            IdTime(before.number()).time_since_epoch().count());
  server().Execute("UPDATE id_floors SET id_floor_ms = 3800000000000");

  TestNode next(url(), "next");
  const MessageId after = next.Append(TextMessage(kRoom, kAnn, "2", "second"))->message_id;

  EXPECT_GE(IdTime(after.number()).time_since_epoch().count(), 3'800'000'000'000);
}

}  // namespace
}  // namespace chat::postgres
