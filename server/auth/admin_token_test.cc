#include "server/auth/admin_token.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "server/auth/secure_random.h"

namespace chat::auth {
namespace {

const std::string kText = "q7VnR2xT9bLk4mZs0HwYc1fUe8JdPa6G";

class AdminTokenTest : public testing::Test {
 protected:
  AdminTokenTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }

  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) /
                                  testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::path file_ = folder_ / kAdminTokenFile;
  SystemRandom random_;
};

TEST_F(AdminTokenTest, MatchesItselfOnly) {
  const auto token = AdminToken::Make("  " + kText + "\r\n");
  ASSERT_TRUE(token.has_value());

  EXPECT_TRUE(token->Matches(kText));
  EXPECT_FALSE(token->Matches(""));
  EXPECT_FALSE(token->Matches(kText + "G"));
  EXPECT_FALSE(token->Matches(kText.substr(1)));
}

TEST_F(AdminTokenTest, IsLongEnoughAndOneWord) {
  EXPECT_FALSE(AdminToken::Make("").has_value());
  EXPECT_FALSE(AdminToken::Make(kText.substr(1)).has_value());
  EXPECT_FALSE(AdminToken::Make(kText + " " + kText).has_value());
  EXPECT_FALSE(AdminToken::Make(kText + "\x80").has_value());
  EXPECT_FALSE(AdminToken::Make(std::string(kAdminTokenBytesMax + 1, 'x')).has_value());
}

TEST_F(AdminTokenTest, IsMadeOnceForItsOwnerAlone) {
  const auto made = ReadOrMakeAdminToken(file_, random_);
  ASSERT_TRUE(made.has_value()) << made.error();

  const auto again = ReadOrMakeAdminToken(file_, random_);

  ASSERT_TRUE(again.has_value()) << again.error();
  EXPECT_EQ(again->secret_text(), made->secret_text());
  EXPECT_EQ(std::filesystem::status(file_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(AdminTokenTest, SaysWhichFileIsNoToken) {
  EXPECT_TRUE(ReadAdminToken(file_).error().contains(file_.string()));
  std::ofstream(file_) << "short\n";
  EXPECT_TRUE(ReadOrMakeAdminToken(file_, random_).error().contains(file_.string()));
  std::ofstream(file_) << std::string(kAdminTokenBytesMax, 'x') << "    \n" << kText;
  EXPECT_FALSE(ReadAdminToken(file_).has_value());
}

TEST_F(AdminTokenTest, SaysThatItCannotBeMade) {
  EXPECT_FALSE(ReadOrMakeAdminToken(folder_ / "absent" / "token", random_).has_value());
}

}  // namespace
}  // namespace chat::auth
