#include "server/sqlite/readers.h"

#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <memory>
#include <optional>
#include <vector>

#include "server/ports/completion.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/database.h"
#include "server/sqlite/database_fixture.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

class ReadersTest : public DatabaseFixture {
 protected:
  void SetUp() override { Open(Options()); }

  void StartRead(std::function<void(ReadTransaction&)> work, std::optional<bool>& outcome) {
    database().Read(
        executor(), Completion<void, ReadError>([&](Result<void, ReadError> result) {
          outcome = result.has_value();
        }),
        [work = std::move(work)](ReadTransaction& transaction) -> Result<void, ReadError> {
          work(transaction);
          return {};
        });
  }

  static int CountTickets(Connection& connection) {
    Statement row(connection, "SELECT count(*) FROM used_tickets");
    return row.Step() ? row.Get<int>(0) : -1;
  }
};

TEST_F(ReadersTest, SeeOneSnapshotWhateverIsCommittedMeanwhile) {
  auto first_read = std::make_shared<std::latch>(1);
  auto committed = std::make_shared<std::latch>(1);
  int before = -1;
  int after = -1;
  std::optional<bool> outcome;
  StartRead(
      [&, first_read, committed](ReadTransaction& transaction) {
        before = CountTickets(transaction.connection);
        first_read->count_down();
        committed->wait();
        after = CountTickets(transaction.connection);
      },
      outcome);
  first_read->wait();

  ASSERT_TRUE(Write([](WriteTransaction& transaction) {
    transaction.connection.Execute(
        "INSERT INTO used_tickets (nonce, expires_at) VALUES (x'01', 0)");
  })) << "a read does not hold up a commit";
  committed->count_down();

  ASSERT_TRUE(executor().RunUntil([&] { return outcome.has_value(); }));
  EXPECT_EQ(outcome, true);
  EXPECT_EQ(before, 0);
  EXPECT_EQ(after, 0);
  ASSERT_TRUE(
      Read([&](ReadTransaction& transaction) { after = CountTickets(transaction.connection); }));
  EXPECT_EQ(after, 1);
}

TEST_F(ReadersTest, EndAReadAtItsDeadline) {
  DatabaseOptions options = Options();
  options.readers.deadline = std::chrono::milliseconds(20);
  options.reader_threads = 1;
  Open(std::move(options));

  EXPECT_FALSE(Read([](ReadTransaction& transaction) {
    Statement endless(transaction.connection,
                      "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
                      "SELECT max(x) FROM n");
    endless.Step();
  }));

  EXPECT_TRUE(Read([](ReadTransaction& transaction) {
    EXPECT_EQ(CountTickets(transaction.connection), 0);
  })) << "the connection serves on";
}

TEST_F(ReadersTest, AnswerUnavailableAtOnceWhenTheirQueueIsFull) {
  DatabaseOptions options = Options();
  options.readers.queue_jobs_max = 1;
  options.reader_threads = 1;
  Open(std::move(options));
  auto started = std::make_shared<std::latch>(1);
  auto release = std::make_shared<std::latch>(1);
  std::vector<std::optional<bool>> outcomes(3);
  StartRead(
      [=](ReadTransaction&) {
        started->count_down();
        release->wait();
      },
      outcomes[0]);
  started->wait();
  StartRead([](ReadTransaction&) {}, outcomes[1]);
  StartRead([](ReadTransaction&) {}, outcomes[2]);

  EXPECT_TRUE(executor().RunUntil([&] { return outcomes[2].has_value(); }));

  EXPECT_EQ(outcomes[2], false);
  EXPECT_EQ(outcomes[1], std::nullopt);
  release->count_down();
  EXPECT_TRUE(executor().RunUntil([&] { return outcomes[1].has_value(); }));
  EXPECT_EQ(outcomes[1], true);
}

TEST_F(ReadersTest, CompleteEverythingWithUnavailableOnceStopped) {
  database().Stop();

  EXPECT_FALSE(Read([](ReadTransaction&) {}));
}

}  // namespace
}  // namespace chat::sqlite
