#include "server/sqlite/connection.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/temporary_directory.h"

namespace chat::sqlite {
namespace {

class ConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Connection::Open(directory_.path() / "file", Access::kReadWrite);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    connection_.emplace(*std::move(opened));
  }

  Connection& connection() { return *connection_; }
  const TemporaryDirectory& directory() const { return directory_; }

 private:
  TemporaryDirectory directory_;
  std::optional<Connection> connection_;
};

TEST_F(ConnectionTest, GivesBackEveryTypeAsItWasBound) {
  const UnixTime time(std::chrono::milliseconds(1'700'000'000'123));
  const std::array<std::uint8_t, 3> bytes = {0, 255, 7};
  const std::string text = "a\xF0\x9F\x98\x80";

  Statement row(connection(), "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8", UserId(42), Seq(7), time,
                bytes, text, std::optional<Seq>(), std::optional<Seq>(Seq(9)), "");

  ASSERT_TRUE(row.Step());
  EXPECT_EQ(row.Get<UserId>(0), UserId(42));
  EXPECT_EQ(row.Get<Seq>(1), Seq(7));
  EXPECT_EQ(row.Get<UnixTime>(2), time);
  EXPECT_EQ((row.Get<std::array<std::uint8_t, 3>>(3)), bytes);
  EXPECT_EQ(row.Get<std::string>(4), text);
  EXPECT_EQ(row.Get<std::optional<Seq>>(5), std::nullopt);
  EXPECT_EQ(row.Get<std::optional<Seq>>(6), Seq(9));
  EXPECT_EQ(row.Get<std::optional<std::string>>(7), "") << "empty is not NULL";
}

TEST_F(ConnectionTest, DoesNothingAfterAFailureUntilItIsCleared) {
  connection().ExecuteScript("CREATE TABLE t (x INTEGER PRIMARY KEY)");
  Statement(connection(), "INSERT INTO t VALUES (?1)", 1).Run();

  Statement(connection(), "INSERT INTO t VALUES (?1)", 1).Run();

  ASSERT_TRUE(connection().failed());
  EXPECT_EQ(connection().failure()->code, SQLITE_CONSTRAINT_PRIMARYKEY);
  EXPECT_EQ(Statement(connection(), "INSERT INTO t VALUES (?1)", 2).Run(), 0);
  EXPECT_FALSE(Statement(connection(), "SELECT x FROM t").Step());
  connection().ClearFailure();
  Statement rows(connection(), "SELECT x FROM t");
  EXPECT_TRUE(rows.Step());
  EXPECT_FALSE(rows.Step());
}

TEST_F(ConnectionTest, ReusesAStatementAlsoWithinItself) {
  connection().ExecuteScript(
      "CREATE TABLE t (x INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
  int pairs = 0;
  // The same literal, hence the same prepared statement.
  const auto each = [&](auto inner) {
    Statement rows(connection(), "SELECT x FROM t");
    while (rows.Step()) inner();
  };

  each([&] { each([&] { ++pairs; }); });

  EXPECT_EQ(pairs, 4);
  EXPECT_FALSE(connection().failed());
}

TEST_F(ConnectionTest, EndsAStatementAtItsDeadline) {
  connection().set_deadline(std::chrono::steady_clock::now());

  Statement endless(connection(),
                    "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
                    "SELECT max(x) FROM n");

  EXPECT_FALSE(endless.Step());
  ASSERT_TRUE(connection().failed());
  EXPECT_EQ(connection().failure()->code, SQLITE_INTERRUPT);
}

TEST_F(ConnectionTest, WritesNothingWhereOnlyReadingIsAllowed) {
  connection().ExecuteScript("CREATE TABLE t (x INTEGER)");
  auto reader = Connection::Open(directory().path() / "file", Access::kReadOnly);
  ASSERT_TRUE(reader.has_value());

  Statement(*reader, "INSERT INTO t VALUES (1)").Run();

  EXPECT_TRUE(reader->failed());
}

TEST_F(ConnectionTest, SyncsEveryCommitToTheDisk) {
  Statement synchronous(connection(), "PRAGMA synchronous");
  Statement journal(connection(), "PRAGMA journal_mode");
  Statement foreign_keys(connection(), "PRAGMA foreign_keys");

  ASSERT_TRUE(synchronous.Step() && journal.Step() && foreign_keys.Step());
  EXPECT_EQ(synchronous.Get<int>(0), 2) << "FULL";
  EXPECT_EQ(journal.Get<std::string>(0), "wal");
  EXPECT_EQ(foreign_keys.Get<int>(0), 1);
}

TEST_F(ConnectionTest, SaysWhyAFileCannotBeOpened) {
  const auto opened = Connection::Open(directory().path(), Access::kReadWrite);

  ASSERT_FALSE(opened.has_value());
  EXPECT_FALSE(opened.error().message.empty());
}

}  // namespace
}  // namespace chat::sqlite
