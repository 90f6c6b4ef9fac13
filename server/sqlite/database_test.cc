#include "server/sqlite/database.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "server/sqlite/connection.h"
#include "server/sqlite/database_fixture.h"
#include "server/sqlite/open_error.h"

namespace chat::sqlite {
namespace {

class DatabaseTest : public DatabaseFixture {
 protected:
  // Opens the store a second time, or a store that cannot be opened.
  std::optional<OpenError> ErrorOfOpening() {
    const auto opened = Database::Open(Options(), {.clock = clock(), .bus = bus()});
    if (opened) return std::nullopt;
    return opened.error();
  }
};

TEST_F(DatabaseTest, MakesItsFileAndItsFolder) {
  Open(Options());

  EXPECT_TRUE(std::filesystem::is_regular_file(Options().data_dir / "chat.sqlite3"));
  EXPECT_TRUE(Read([](ReadTransaction&) {}));
  EXPECT_TRUE(Write([](WriteTransaction&) {}));
}

TEST_F(DatabaseTest, IsNotSharedByTwoServers) {
  Open(Options());

  const auto error = ErrorOfOpening();

  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, OpenErrorCode::kInUse);
}

TEST_F(DatabaseTest, RefusesAFileThatIsNoDatabase) {
  std::filesystem::create_directory(Options().data_dir);
  std::ofstream(Options().data_dir / "chat.sqlite3") << std::string(8192, 'x');

  const auto error = ErrorOfOpening();

  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, OpenErrorCode::kFile);
  EXPECT_NE(error->detail.find("file is not a database"), std::string::npos);
}

TEST_F(DatabaseTest, RefusesASchemaThatANewerProgramMade) {
  Open(Options());
  ASSERT_TRUE(Write([](WriteTransaction& transaction) {
    transaction.connection.Execute("UPDATE schema_migrations SET version = version + 1");
  }));
  Close();

  const auto error = ErrorOfOpening();

  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, OpenErrorCode::kSchema);
}

TEST_F(DatabaseTest, BeginsItsLogAnewInsteadOfLettingItGrow) {
  Open(Options());
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(Write([](WriteTransaction& transaction) {
      transaction.connection.Execute(
          "INSERT INTO used_tickets (nonce, expires_at) VALUES (randomblob(1000000), 0)");
    }));
  }

  // More than 60 MB went through the log; it is begun anew every 16 MiB.
  EXPECT_LT(std::filesystem::file_size(Options().data_dir / "chat.sqlite3-wal"), 32'000'000u);
}

}  // namespace
}  // namespace chat::sqlite
