#include "server/config/dotenv.h"

#include <gtest/gtest.h>

namespace chat::config {
namespace {

TEST(DotenvTest, ReadsNamesValuesCommentsAndQuotes) {
  const auto entries = ParseDotenv(
      "# comment\n"
      "\n"
      "A=1\n"
      "  B = two words # comment\r\n"
      "export C='# no comment'\n"
      "D=\"x\" # comment\n"
      "E=\n"
      "F=a#b");

  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 6u);
  EXPECT_EQ((*entries)[0].value, "1");
  EXPECT_EQ((*entries)[1].name, "B");
  EXPECT_EQ((*entries)[1].value, "two words");
  EXPECT_EQ((*entries)[2].value, "# no comment");
  EXPECT_EQ((*entries)[3].value, "x");
  EXPECT_EQ((*entries)[4].value, "");
  EXPECT_EQ((*entries)[5].value, "a#b");
}

TEST(DotenvTest, NamesTheFirstLineItCannotRead) {
  for (const char* text : {"A=1\nB", "A=1\n=2", "A=1\n9A=2", "A=1\nB='open", "A=1\nB='x' y"}) {
    const auto entries = ParseDotenv(text);

    ASSERT_FALSE(entries) << text;
    EXPECT_EQ(entries.error(), 2) << text;
  }
}

}  // namespace
}  // namespace chat::config
