#include "server/sqlite/data_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "server/sqlite/open_error.h"
#include "server/sqlite/temporary_directory.h"

namespace chat::sqlite {
namespace {

using std::filesystem::perms;

TEST(DataDirectoryTest, MakesTheFolderForItsOwnerOnly) {
  const TemporaryDirectory temporary;

  const auto directory = DataDirectory::Claim(temporary.path() / "deep" / "data");

  ASSERT_TRUE(directory.has_value()) << directory.error().detail;
  EXPECT_EQ(std::filesystem::status(temporary.path() / "deep" / "data").permissions(),
            perms::owner_all);
  EXPECT_EQ(directory->file(), temporary.path() / "deep" / "data" / "chat.sqlite3");
}

TEST(DataDirectoryTest, LetsOneServerUseItAtATime) {
  const TemporaryDirectory temporary;
  auto first = DataDirectory::Claim(temporary.path() / "data");
  ASSERT_TRUE(first.has_value());

  const auto second = DataDirectory::Claim(temporary.path() / "data");

  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, OpenErrorCode::kInUse);
  EXPECT_NE(second.error().detail.find("in use by another server"), std::string::npos);
  {
    const DataDirectory gone = *std::move(first);
  }
  EXPECT_TRUE(DataDirectory::Claim(temporary.path() / "data").has_value());
}

TEST(DataDirectoryTest, SaysWhyAFolderCannotBeUsed) {
  const TemporaryDirectory temporary;
  std::ofstream(temporary.path() / "file") << "not a folder";

  for (const char* path : {"file", "file/data"}) {
    const auto directory = DataDirectory::Claim(temporary.path() / path);
    ASSERT_FALSE(directory.has_value());
    EXPECT_EQ(directory.error().code, OpenErrorCode::kDataDirectory);
    EXPECT_NE(directory.error().detail.find("Not a directory"), std::string::npos);
  }
}

}  // namespace
}  // namespace chat::sqlite
