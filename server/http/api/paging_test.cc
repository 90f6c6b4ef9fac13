#include "server/http/api/paging.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "protocol/limits.h"

namespace chat::http {
namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

Request WithQuery(std::string name, std::string value) {
  return Request({.method = Method::kGet,
                  .path = "/",
                  .captures = {},
                  .query = {{std::move(name), std::move(value)}},
                  .headers = {},
                  .body = {},
                  .client_address = {}});
}

bool Accepts(const std::string& cursor, CursorKind kind) {
  const auto read = PageCursor(WithQuery("cursor", cursor), {kind});
  return read.has_value() && read->has_value();
}

TEST(PagingTest, ReadsBackACursor) {
  const std::string text =
      EncodeCursor({.kind = CursorKind::kConversations, .numbers = {kLargest, 7}});

  const auto cursor =
      PageCursor(WithQuery("cursor", text), {CursorKind::kContacts, CursorKind::kConversations});

  ASSERT_TRUE(cursor.has_value() && cursor->has_value());
  EXPECT_EQ((*cursor)->kind, CursorKind::kConversations);
  EXPECT_EQ((*cursor)->numbers, (std::vector<std::int64_t>{kLargest, 7}));
}

TEST(PagingTest, AnAbsentOrEmptyCursorIsTheFirstPage) {
  const auto absent = PageCursor(WithQuery("limit", "1"), {CursorKind::kContacts});
  const auto empty = PageCursor(WithQuery("cursor", ""), {CursorKind::kContacts});

  ASSERT_TRUE(absent && empty);
  EXPECT_EQ(absent->has_value(), false);
  EXPECT_EQ(empty->has_value(), false);
}

TEST(PagingTest, RefusesEveryTruncationAndAnythingAppended) {
  const std::string text = EncodeCursor({.kind = CursorKind::kContacts, .numbers = {kLargest}});
  ASSERT_TRUE(Accepts(text, CursorKind::kContacts));

  for (std::size_t i = 1; i < text.size(); ++i) {
    EXPECT_FALSE(Accepts(text.substr(0, i), CursorKind::kContacts)) << i;
  }
  for (const char* tail : {"A", "=", " ", "AAAA"}) {
    EXPECT_FALSE(Accepts(text + tail, CursorKind::kContacts)) << tail;
  }
}

TEST(PagingTest, RefusesCursorsOfOtherListsAndNegativeNumbers) {
  EXPECT_FALSE(Accepts(EncodeCursor({.kind = CursorKind::kContacts, .numbers = {1}}),
                       CursorKind::kEntriesAfter));
  EXPECT_FALSE(Accepts(EncodeCursor({.kind = CursorKind::kContacts, .numbers = {-1}}),
                       CursorKind::kContacts));
}

TEST(PagingTest, ClampsTheLimit) {
  EXPECT_EQ(PageLimit(WithQuery("cursor", "")), static_cast<int>(kPageEntriesDefault));
  EXPECT_EQ(PageLimit(WithQuery("limit", "1")), 1);
  EXPECT_EQ(PageLimit(WithQuery("limit", "200")), 200);
  EXPECT_EQ(PageLimit(WithQuery("limit", "201")), 200);
  EXPECT_EQ(PageLimit(WithQuery("limit", std::string(100, '9'))), 200);
  EXPECT_FALSE(PageLimit(WithQuery("limit", "0")).has_value());
  EXPECT_FALSE(PageLimit(WithQuery("limit", "+1")).has_value());
}

TEST(PagingTest, TakesOneItemHoweverLarge) {
  v1::Message message;
  message.set_text(std::string(2 * kPageBytesMax, 'x'));
  PageBudget budget;

  EXPECT_TRUE(budget.Take(message));
  EXPECT_FALSE(budget.Take(v1::Message()));
}

TEST(PagingTest, TakesAWholePageOfShortTexts) {
  v1::Message message;
  message.set_text(std::string(1000, 'x'));
  PageBudget budget;

  for (std::size_t i = 0; i < kPageEntriesMax; ++i) EXPECT_TRUE(budget.Take(message)) << i;
}

}  // namespace
}  // namespace chat::http
