// Tests of what happens before a store is served: durability, migrations, versions.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "migrations/postgres_migrations.h"
#include "server/postgres/connection.h"
#include "server/postgres/link.h"
#include "server/postgres/migrate.h"
#include "server/postgres/store_fixture.h"

namespace chat::postgres {
namespace {

class OpenTest : public StoreFixture {
 protected:
  std::unique_ptr<Connection> Connect() {
    return Connection::Open({.address = url(), .purpose = "test"},
                            DeadlineAfter(std::chrono::seconds(5)));
  }

  std::expected<std::unique_ptr<Database>, OpenError> Open(DatabaseOptions options) {
    options.address = url();
    return Database::Open(std::move(options), {.bus = bus_});
  }

  // Everything that migrations make, as text.
  std::string Schema() {
    std::string schema;
    for (const pqxx::row& row : server().Execute(
             "SELECT format('%s %s %s %s %s', table_name, column_name, data_type, is_nullable, "
             "column_default) FROM information_schema.columns WHERE table_schema = 'public' "
             "UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' "
             "UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint "
             "WHERE connamespace = 'public'::regnamespace "
             "UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc "
             "WHERE pronamespace = 'public'::regnamespace "
             "UNION ALL SELECT sequence_name FROM information_schema.sequences ORDER BY 1")) {
      schema += row[0].as<std::string>() + "\n";
    }
    return schema;
  }

 private:
  contracts::HandExecutor executor_;
  contracts::RecordingBus bus_{executor_};
};

TEST_F(OpenTest, MigratesUpDownAndUpAgainToTheSameSchema) {
  const auto connection = Connect();
  ASSERT_TRUE(Migrate(*connection, PostgresMigrations(), MigrationMode::kAuto).has_value());
  const std::string up = Schema();
  EXPECT_EQ(Count("SELECT version FROM schema_migrations WHERE NOT dirty"),
            PostgresMigrations().back().version);

  ASSERT_TRUE(MigrateDown(*connection, PostgresMigrations(), 0).has_value());
  const std::string down = Schema();
  ASSERT_TRUE(Migrate(*connection, PostgresMigrations(), MigrationMode::kAuto).has_value());

  EXPECT_EQ(down.find("messages"), std::string::npos);
  EXPECT_NE(up.find("append_batch"), std::string::npos);
  EXPECT_EQ(Schema(), up);
}

TEST_F(OpenTest, RefusesASchemaThatIsDirtyOrNewerOrNotToBeMigrated) {
  DatabaseOptions check;
  check.migrations = MigrationMode::kCheck;
  const auto empty = Open(check);
  ASSERT_TRUE(Open({}).has_value());
  const auto current = Open(check);
  server().Execute("UPDATE schema_migrations SET version = 99");
  const auto newer = Open({});
  server().Execute("UPDATE schema_migrations SET version = 1, dirty = true");
  const auto dirty = Open({});

  ASSERT_FALSE(empty.has_value());
  EXPECT_EQ(empty.error().code, OpenErrorCode::kSchema);
  EXPECT_TRUE(current.has_value());
  ASSERT_FALSE(newer.has_value());
  EXPECT_NE(newer.error().detail.find("newer"), std::string::npos);
  ASSERT_FALSE(dirty.has_value());
  EXPECT_NE(dirty.error().detail.find("dirty"), std::string::npos);
}

TEST_F(OpenTest, RefusesAPostgresThatForgetsWhatItCommitted) {
  server().Execute("ALTER DATABASE postgres SET synchronous_commit = off");
  const auto refused = Open({});
  DatabaseOptions unchecked;
  unchecked.durability = Durability::kUnchecked;
  const auto accepted = Open(unchecked);

  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, OpenErrorCode::kUnsafe);
  EXPECT_NE(refused.error().detail.find("synchronous_commit is off"), std::string::npos);
  EXPECT_TRUE(accepted.has_value());
}

TEST_F(OpenTest, SaysInOneLineWhyItCannotConnect) {
  server().Stop(chat::testing::PostgresServer::StopMode::kFast);

  const auto opened = Open({});

  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, OpenErrorCode::kConnect);
  EXPECT_EQ(opened.error().detail.find('\n'), std::string::npos);
  server().Restart();
}

// Two servers that start at once on an empty store.
TEST_F(OpenTest, LetsServersThatStartAtOnceMigrateOnce) {
  std::unique_ptr<Database> one;
  std::thread other([&] { one = Open({}).value_or(nullptr); });
  const auto two = Open({});
  other.join();

  EXPECT_NE(one, nullptr);
  EXPECT_TRUE(two.has_value());
}

}  // namespace
}  // namespace chat::postgres
