// The program migrate, as an operator runs it.
#include <gtest/gtest.h>

#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "migrations/postgres_migrations.h"
#include "tests/contracts/postgres_databases.h"
#include "tests/harness/child_process.h"
#include "tests/harness/deadline.h"

namespace chat {
namespace {

using testing::ChildProcess;
using testing::Surprise;

struct Ended {
  int exit_code = 0;
  std::vector<std::string> lines;  // of its standard output
};

class MigrateProgramTest : public ::testing::Test {
 protected:
  Ended Run(const std::string& command) {
    const auto folder = testing::MakeTestFolder("migrate");
    ChildProcess program({.program = "migrations/migrate",
                          .arguments = {command, "--database", database_.url()},
                          .working_folder = folder,
                          .log = testing::TestOutputFolder() / "migrate.log"});
    Ended ended;
    try {
      while (true) ended.lines.push_back(program.ReadLine(testing::Deadline()));
    } catch (const Surprise&) {
      // The end of its output.
    }
    ended.exit_code = program.ExitCode();
    return ended;
  }

  bool HasTable(const std::string& table) {
    pqxx::connection connection(database_.url());
    pqxx::nontransaction sql(connection);
    return sql.query_value<bool>("SELECT to_regclass('" + table + "') IS NOT NULL");
  }

  void Execute(const std::string& statement) {
    pqxx::connection connection(database_.url());
    pqxx::nontransaction(connection).exec(statement);
  }

 private:
  contracts::FreshDatabase database_{contracts::Contents::kNothing};
};

int NewestVersion() { return PostgresMigrations().back().version; }

std::vector<std::string> AtNewest() {
  return {"version " + std::to_string(NewestVersion()), "dirty no"};
}

TEST_F(MigrateProgramTest, GoesUpAndDownAndUpAgain) {
  Ended up = Run("up");
  EXPECT_EQ(up.exit_code, 0);
  EXPECT_EQ(up.lines, AtNewest());
  EXPECT_TRUE(HasTable("messages"));

  for (int version = NewestVersion() - 1; version >= 0; --version) {
    const Ended down = Run("down");
    EXPECT_EQ(down.exit_code, 0);
    ASSERT_FALSE(down.lines.empty());
    EXPECT_EQ(down.lines[0], "version " + std::to_string(version));
    EXPECT_EQ(down.lines.size(), 2u + (NewestVersion() - version)) << "each is pending again";
  }
  EXPECT_FALSE(HasTable("messages"));

  up = Run("up");
  EXPECT_EQ(up.exit_code, 0);
  EXPECT_EQ(up.lines, AtNewest());
  EXPECT_TRUE(HasTable("messages"));
}

TEST_F(MigrateProgramTest, TellsTheStateAndChangesNothing) {
  const Ended ended = Run("status");

  EXPECT_EQ(ended.exit_code, 0);
  ASSERT_EQ(ended.lines.size(), 2u + NewestVersion());
  EXPECT_EQ(ended.lines[0], "version 0");
  EXPECT_EQ(ended.lines[1], "dirty no");
  EXPECT_EQ(ended.lines[2], "pending 000001_create_tables");
  EXPECT_FALSE(HasTable("schema_migrations"));
}

TEST_F(MigrateProgramTest, TouchesNothingThatStoppedHalfWay) {
  ASSERT_EQ(Run("up").exit_code, 0);
  Execute("UPDATE schema_migrations SET dirty = true");

  EXPECT_EQ(Run("status").lines[1], "dirty yes");
  EXPECT_EQ(Run("up").exit_code, 1);
  EXPECT_EQ(Run("down").exit_code, 1);
  EXPECT_TRUE(HasTable("messages"));
}

TEST_F(MigrateProgramTest, StaysAtNothing) {
  const Ended down = Run("down");

  EXPECT_EQ(down.exit_code, 0);
  ASSERT_FALSE(down.lines.empty());
  EXPECT_EQ(down.lines[0], "version 0");
}

}  // namespace
}  // namespace chat
