#include "server/sqlite/migrate.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "migrations/migration.h"
#include "migrations/sqlite_migrations.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/open_error.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/temporary_directory.h"

namespace chat::sqlite {
namespace {

class MigrateTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Connection::Open(directory_.path() / "file", Access::kReadWrite);
    ASSERT_TRUE(opened.has_value());
    connection_.emplace(*std::move(opened));
  }

  Connection& connection() { return *connection_; }

  std::vector<std::string> Schema() {
    std::vector<std::string> objects;
    Statement rows(connection(),
                   "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
    while (rows.Step()) objects.push_back(rows.Get<std::string>(0));
    return objects;
  }

  int Version() {
    Statement row(connection(), "SELECT version FROM schema_migrations WHERE NOT dirty");
    return row.Step() ? row.Get<int>(0) : 0;
  }

 private:
  TemporaryDirectory directory_;
  std::optional<Connection> connection_;
};

TEST_F(MigrateTest, GoesUpDownAndUpToTheSameSchema) {
  ASSERT_TRUE(Migrate(connection(), SqliteMigrations(), MigrationMode::kAuto).has_value());
  const auto up = Schema();
  EXPECT_GT(up.size(), 20u);
  EXPECT_EQ(Version(), SqliteMigrations().back().version);

  ASSERT_TRUE(MigrateDown(connection(), SqliteMigrations(), 0).has_value());
  EXPECT_EQ(Schema().size(), 2u) << "golang-migrate's own table and index";
  EXPECT_EQ(Version(), 0);

  ASSERT_TRUE(Migrate(connection(), SqliteMigrations(), MigrationMode::kAuto).has_value());
  EXPECT_EQ(Schema(), up);
}

TEST_F(MigrateTest, LeavesACurrentSchemaAlone) {
  ASSERT_TRUE(Migrate(connection(), SqliteMigrations(), MigrationMode::kAuto).has_value());
  connection().ExecuteScript("UPDATE nodes SET id_floor_ms = 5");

  ASSERT_TRUE(Migrate(connection(), SqliteMigrations(), MigrationMode::kAuto).has_value());
  ASSERT_TRUE(Migrate(connection(), SqliteMigrations(), MigrationMode::kCheck).has_value());

  Statement row(connection(), "SELECT id_floor_ms FROM nodes");
  ASSERT_TRUE(row.Step());
  EXPECT_EQ(row.Get<int>(0), 5);
}

TEST_F(MigrateTest, RefusesADirtySchema) {
  ASSERT_TRUE(Migrate(connection(), SqliteMigrations(), MigrationMode::kAuto).has_value());
  connection().ExecuteScript("UPDATE schema_migrations SET dirty = 1");

  const auto migrated = Migrate(connection(), SqliteMigrations(), MigrationMode::kAuto);

  ASSERT_FALSE(migrated.has_value());
  EXPECT_EQ(migrated.error().code, OpenErrorCode::kSchema);
  EXPECT_NE(migrated.error().detail.find("dirty"), std::string::npos);
}

TEST_F(MigrateTest, RefusesASchemaNewerThanTheProgram) {
  ASSERT_TRUE(Migrate(connection(), SqliteMigrations(), MigrationMode::kAuto).has_value());
  connection().ExecuteScript("UPDATE schema_migrations SET version = 999");

  const auto migrated = Migrate(connection(), SqliteMigrations(), MigrationMode::kAuto);

  ASSERT_FALSE(migrated.has_value());
  EXPECT_EQ(migrated.error().code, OpenErrorCode::kSchema);
  EXPECT_NE(migrated.error().detail.find("version 999, newer than"), std::string::npos);
}

TEST_F(MigrateTest, RefusesAnOldSchemaWhenItMayOnlyCheck) {
  const auto migrated = Migrate(connection(), SqliteMigrations(), MigrationMode::kCheck);

  ASSERT_FALSE(migrated.has_value());
  EXPECT_EQ(migrated.error().code, OpenErrorCode::kSchema);
  EXPECT_NE(migrated.error().detail.find("older"), std::string::npos);
  EXPECT_TRUE(Migrate(connection(), SqliteMigrations(), MigrationMode::kOff).has_value());
}

TEST_F(MigrateTest, StaysAtTheVersionBeforeAStepThatFails) {
  constexpr std::array kSteps = {
      Migration{.version = 1, .name = "good", .up = "CREATE TABLE a (x);", .down = ""},
      Migration{.version = 2, .name = "bad", .up = "CREATE TABLE b (x); nonsense;", .down = ""},
  };

  const auto migrated = Migrate(connection(), kSteps, MigrationMode::kAuto);

  ASSERT_FALSE(migrated.has_value());
  EXPECT_EQ(migrated.error().code, OpenErrorCode::kFile);
  connection().ClearFailure();
  if (connection().in_transaction()) connection().Execute("ROLLBACK");
  EXPECT_EQ(Version(), 1);
  EXPECT_EQ(Schema().size(), 3u) << "table a and golang-migrate's own";
}

}  // namespace
}  // namespace chat::sqlite
