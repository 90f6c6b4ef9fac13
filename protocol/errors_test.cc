#include "protocol/errors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace chat {
namespace {

constexpr int kCodes = static_cast<int>(ErrorCode::kInternal) + 1;

TEST(ErrorsTest, EveryNameIsLowerCaseWordsAndLeadsBackToItsCode) {
  for (int i = 0; i < kCodes; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    const std::string_view name = ErrorCodeName(code);

    EXPECT_TRUE(std::ranges::all_of(name, [](char c) {
      return (c >= 'a' && c <= 'z') || c == '_';
    })) << name;
    EXPECT_EQ(ErrorCodeFromName(name), code) << name;
  }
}

TEST(ErrorsTest, EveryCodeHasATitleOfItsOwnStatus) {
  std::set<std::string_view> titles;
  std::set<int> statuses;
  for (int i = 0; i < kCodes; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    statuses.insert(HttpStatus(code));
    titles.insert(HttpTitle(code));
  }

  EXPECT_EQ(titles.size(), statuses.size());
  EXPECT_GE(*statuses.begin(), 400);
  EXPECT_LT(*statuses.rbegin(), 600);
}

TEST(ErrorsTest, KeepsTheStatusesThatTheContractNames) {
  EXPECT_EQ(HttpStatus(ErrorCode::kUsernameTaken), 409);
  EXPECT_EQ(HttpStatus(ErrorCode::kEmailTaken), 409);
  EXPECT_EQ(HttpStatus(ErrorCode::kBadCredentials), 401);
  EXPECT_EQ(HttpStatus(ErrorCode::kRefreshTokenReused), 401);
  EXPECT_EQ(HttpStatus(ErrorCode::kAlreadyContacts), 409);
  EXPECT_EQ(HttpStatus(ErrorCode::kCannotAddSelf), 400);
  EXPECT_EQ(HttpStatus(ErrorCode::kNotContacts), 403);
  EXPECT_EQ(HttpStatus(ErrorCode::kOwnerMustTransfer), 409);
  EXPECT_EQ(HttpStatus(ErrorCode::kOriginNotAllowed), 403);
  EXPECT_EQ(HttpStatus(ErrorCode::kTooLarge), 413);
  EXPECT_EQ(HttpStatus(ErrorCode::kTargetTooLong), 414);
  EXPECT_EQ(HttpStatus(ErrorCode::kHeadersTooLarge), 431);
  EXPECT_EQ(HttpStatus(ErrorCode::kTimeout), 408);
  EXPECT_EQ(HttpStatus(ErrorCode::kUpgradeRequired), 426);
  EXPECT_EQ(HttpStatus(ErrorCode::kUnsupportedMediaType), 415);
  EXPECT_EQ(HttpStatus(ErrorCode::kUnavailable), 503);
}

TEST(ErrorsTest, KnowsNoOtherName) {
  EXPECT_EQ(ErrorCodeFromName(""), std::nullopt);
  EXPECT_EQ(ErrorCodeFromName("Internal"), std::nullopt);
  EXPECT_EQ(ErrorCodeFromName("teapot"), std::nullopt);
}

}  // namespace
}  // namespace chat
