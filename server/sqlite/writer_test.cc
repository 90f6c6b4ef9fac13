#include "server/sqlite/writer.h"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/database.h"
#include "server/sqlite/database_fixture.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

void InsertTicket(WriteTransaction& transaction, std::uint8_t nonce) {
  Statement(transaction.connection, "INSERT INTO used_tickets (nonce, expires_at) VALUES (?1, 0)",
            std::array{nonce})
      .Run();
  transaction.batch.revoked_sessions.push_back({SessionId(nonce), UserId(1)});
}

class WriterTest : public DatabaseFixture {
 protected:
  void SetUp() override { Open(Options()); }

  // Starts `work`; its outcome stands in outcomes()[index] when it is known.
  void Start(std::function<void(WriteTransaction&)> work) {
    const std::size_t index = outcomes_.size();
    outcomes_.push_back(std::nullopt);
    StartWrite(std::move(work), [this, index](Result<void, ReadError> result) {
      outcomes_[index] = result.has_value();
      ++known_;
    });
  }

  // Keeps the writer busy until Release, so that what is started meanwhile waits.
  void Block() {
    auto started = std::make_shared<std::latch>(1);
    release_ = std::make_shared<std::latch>(1);
    Start([started, release = release_](WriteTransaction&) {
      started->count_down();
      release->wait();
    });
    started->wait();
  }
  void Release() { release_->count_down(); }

  bool WaitForAll() {
    return executor().RunUntil([this] { return known_ == outcomes_.size(); });
  }

  std::vector<int> StoredTickets() {
    std::vector<int> nonces;
    Read([&](ReadTransaction& transaction) {
      Statement rows(transaction.connection, "SELECT nonce FROM used_tickets ORDER BY nonce");
      while (rows.Step()) nonces.push_back(rows.Get<std::array<std::uint8_t, 1>>(0)[0]);
    });
    return nonces;
  }

  const std::vector<std::optional<bool>>& outcomes() const { return outcomes_; }

 private:
  std::vector<std::optional<bool>> outcomes_;
  std::size_t known_ = 0;
  std::shared_ptr<std::latch> release_;
};

TEST_F(WriterTest, CommitsTogetherWhatGatheredMeanwhile) {
  Block();
  for (std::uint8_t nonce = 1; nonce <= 10; ++nonce) {
    Start([nonce](WriteTransaction& transaction) { InsertTicket(transaction, nonce); });
  }

  Release();

  ASSERT_TRUE(WaitForAll());
  ASSERT_EQ(bus().batches().size(), 2u);
  EXPECT_EQ(bus().batches()[1]->number, 2u);
  EXPECT_EQ(bus().batches()[1]->revoked_sessions.size(), 10u);
}

TEST_F(WriterTest, TakesNoMoreJobsIntoABatchThanItsLimit) {
  DatabaseOptions options = Options();
  options.writer.batch_jobs_max = 4;
  Open(std::move(options));
  Block();
  for (std::uint8_t nonce = 1; nonce <= 10; ++nonce) {
    Start([nonce](WriteTransaction& transaction) { InsertTicket(transaction, nonce); });
  }

  Release();

  ASSERT_TRUE(WaitForAll());
  std::vector<std::size_t> sizes;
  for (const auto& batch : bus().batches()) sizes.push_back(batch->revoked_sessions.size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{0, 4, 4, 2}));
}

TEST_F(WriterTest, UndoesAFailingJobAlone) {
  Block();
  Start([](WriteTransaction& transaction) { InsertTicket(transaction, 1); });
  Start([](WriteTransaction& transaction) {
    InsertTicket(transaction, 2);
    InsertTicket(transaction, 1);
  });
  Start([](WriteTransaction& transaction) { InsertTicket(transaction, 3); });

  Release();

  ASSERT_TRUE(WaitForAll());
  EXPECT_EQ(outcomes()[1], true);
  EXPECT_EQ(outcomes()[2], false);
  EXPECT_EQ(outcomes()[3], true);
  EXPECT_EQ(StoredTickets(), (std::vector{1, 3}));
  std::vector<SessionId> told;
  for (const auto& owner : bus().revoked_sessions()) told.push_back(owner.session_id);
  EXPECT_EQ(told, (std::vector{SessionId(1), SessionId(3)}));
  EXPECT_NE(database().last_write_failure(), "");
}

// A violated foreign key whose check is deferred makes COMMIT itself fail.
TEST_F(WriterTest, TellsNothingOfAFailedCommitButItsNumber) {
  Block();
  Start([](WriteTransaction& transaction) { InsertTicket(transaction, 1); });
  Start([](WriteTransaction& transaction) {
    transaction.connection.Execute("PRAGMA defer_foreign_keys = ON");
    transaction.connection.Execute(
        "INSERT INTO blocks (user_id, blocked_id, created_at) VALUES (1, 2, 0)");
  });

  Release();

  ASSERT_TRUE(WaitForAll());
  EXPECT_EQ(outcomes()[1], false);
  EXPECT_EQ(outcomes()[2], false);
  EXPECT_TRUE(bus().revoked_sessions().empty());
  EXPECT_TRUE(StoredTickets().empty());
  EXPECT_NE(database().last_write_failure().find("FOREIGN KEY"), std::string::npos);

  EXPECT_TRUE(Write([](WriteTransaction& transaction) { InsertTicket(transaction, 4); }));
  EXPECT_EQ(StoredTickets(), std::vector{4});
  EXPECT_EQ(database().last_write_failure(), "");
  ASSERT_EQ(bus().batches().size(), 3u);
  for (CommitNumber i = 0; i < 3; ++i) EXPECT_EQ(bus().batches()[i]->number, i + 1);
}

TEST_F(WriterTest, AnswersUnavailableAtOnceWhenItsQueueIsFull) {
  DatabaseOptions options = Options();
  options.writer.queue.items_max = 2;
  Open(std::move(options));
  Block();
  for (int i = 0; i < 3; ++i) Start([](WriteTransaction&) {});

  EXPECT_TRUE(executor().RunUntil([this] { return outcomes()[3].has_value(); }))
      << "while the writer is still blocked";

  EXPECT_EQ(outcomes()[3], false);
  EXPECT_EQ(outcomes()[2], std::nullopt);
  Release();
  ASSERT_TRUE(WaitForAll());
  EXPECT_EQ(outcomes()[1], true);
  EXPECT_EQ(outcomes()[2], true);
}

TEST_F(WriterTest, CompletesWhatItHoldsWhenItStops) {
  Block();
  Start([](WriteTransaction& transaction) { InsertTicket(transaction, 1); });
  std::thread stopping([this] { database().Stop(); });
  ASSERT_TRUE(executor().RunUntil([this] { return outcomes()[1].has_value(); }))
      << "does not wait for the commit in flight";

  Release();
  stopping.join();
  Start([](WriteTransaction& transaction) { InsertTicket(transaction, 2); });

  ASSERT_TRUE(WaitForAll());
  EXPECT_EQ(outcomes()[0], true) << "the commit in flight was finished";
  EXPECT_EQ(outcomes()[1], false);
  EXPECT_EQ(outcomes()[2], false);
}

TEST_F(WriterTest, MakesNoIdTwiceAlsoAfterAFailedCommitAndARestart) {
  SessionId before;
  ASSERT_TRUE(Write([&](WriteTransaction& transaction) {
    before = transaction.ids.Next<SessionId>(transaction.now);
  }));
  // The floor that this batch stores is lost with it.
  clock().Advance(std::chrono::minutes(1));
  SessionId lost;
  EXPECT_FALSE(Write([&](WriteTransaction& transaction) {
    lost = transaction.ids.Next<SessionId>(transaction.now);
    transaction.connection.Execute("PRAGMA defer_foreign_keys = ON");
    transaction.connection.Execute(
        "INSERT INTO blocks (user_id, blocked_id, created_at) VALUES (1, 2, 0)");
  }));
  SessionId after_failure;
  ASSERT_TRUE(Write([&](WriteTransaction& transaction) {
    after_failure = transaction.ids.Next<SessionId>(transaction.now);
  }));
  clock().Advance(-std::chrono::hours(1));
  Open(Options());

  SessionId after_restart;
  ASSERT_TRUE(Write([&](WriteTransaction& transaction) {
    after_restart = transaction.ids.Next<SessionId>(transaction.now);
  }));

  EXPECT_LT(before, lost);
  EXPECT_LT(lost, after_failure);
  EXPECT_LT(after_failure, after_restart);
}

}  // namespace
}  // namespace chat::sqlite
