#include "server/core/search_tokens.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace chat {
namespace {

using Tokens = std::vector<std::string>;

struct Example {
  std::string_view text;
  Tokens tokens;
};

TEST(SearchTokensTest, SplitsTextsIntoWordsInTheFormThatIsCompared) {
  const Example examples[] = {
      {"", {}},
      {" \t\n!?… --", {}},
      {"Hello, World!", {"hello", "world"}},
      {"the the The THE", {"the"}},
      {"it's 10:30", {"it", "s", "10", "30"}},
      {"snake_case a.b@c", {"snake", "case", "a", "b", "c"}},
      {"Grüße STRASSE Straße", {"grüsse", "strasse"}},
      {"ПРИВЕТ Ελλάς ΕΛΛΆΣ", {"привет", "ελλάσ"}},
      {"e\u0301te\u0301 \u00e9t\u00e9", {"\u00e9t\u00e9"}},
      {"résumé resume", {"résumé", "resume"}},
      {"ＡＢＣ１２ ﬁne", {"abc12", "fine"}},
      {"co\u00ADoperate", {"cooperate"}},
      {"नमस्ते", {"नमस्ते"}},
      {"สวัสดี", {"สวัสดี"}},
      {"\U0001F44B👩‍👧 ok", {"ok"}},
      {"\u0301 x", {"x"}},
      {"1½", {"11", "2"}},
  };
  for (const Example& example : examples) {
    EXPECT_EQ(TokenizeText(example.text), example.tokens) << example.text;
    EXPECT_EQ(TokenizeQuery(example.text), example.tokens) << example.text;
  }
}

TEST(SearchTokensTest, SplitsWritingWithoutSpacesIntoCharactersAndPairs) {
  const Example texts[] = {
      {"中", {"中"}},
      {"中文字", {"中", "文", "中文", "字", "文字"}},
      {"東京タワー", {"東", "京", "東京", "タ", "京タ", "ワ", "タワ", "ー", "ワー"}},
      {"ﾀﾜｰ", {"タ", "ワ", "タワ", "ー", "ワー"}},
      {"カ\u3099", {"ガ"}},
      {"한국어", {"한", "국", "한국", "어", "국어"}},
      {"\u1112\u1161\u11AB", {"한"}},
      {"買iPhone手機", {"買", "iphone", "手", "機", "手機"}},
      {"好。好", {"好"}},
      {"𠀀𠀁", {"𠀀", "𠀁", "𠀀𠀁"}},
  };
  for (const Example& example : texts) {
    EXPECT_EQ(TokenizeText(example.text), example.tokens) << example.text;
  }
}

TEST(SearchTokensTest, LooksForPairsWhereMoreThanOneCharacterIsGiven) {
  const Example queries[] = {
      {"中", {"中"}},
      {"中文字", {"中文", "文字"}},
      {"中 文", {"中", "文"}},
      {"한국어 x", {"한국", "국어", "x"}},
  };
  for (const Example& example : queries) {
    EXPECT_EQ(TokenizeQuery(example.text), example.tokens) << example.text;
  }
}

TEST(SearchTokensTest, TakesBytesThatAreNoTextAsSeparators) {
  using std::string_view_literals::operator""sv;

  EXPECT_EQ(TokenizeText("a\xFF"
                         "b\xC3\x28 c\0d\xED\xA0\x80"sv),
            (Tokens{"a", "b", "c", "d"}));
}

TEST(SearchTokensTest, KnowsLongWordsByTheirBeginning) {
  const std::string word(kTokenBytesMax, 'w');
  std::string letters;
  while (letters.size() < 3 * kTokenBytesMax) letters += "ж";

  EXPECT_EQ(TokenizeText(word + "x y"), (Tokens{word, "y"}));
  EXPECT_EQ(TokenizeText("x" + letters), (Tokens{"x" + letters.substr(0, kTokenBytesMax - 2)}));
  EXPECT_TRUE(HasAllTokens(word + "one", TokenizeQuery(word + "two")));
}

TEST(SearchTokensTest, TakesTheFirstOfTooManyTokens) {
  std::string text;
  for (std::size_t i = 0; i < 2 * kTextTokensMax; ++i) text += "w" + std::to_string(i) + ' ';

  const Tokens tokens = TokenizeText(text);

  ASSERT_EQ(tokens.size(), kTextTokensMax);
  EXPECT_EQ(tokens.front(), "w0");
  EXPECT_EQ(tokens.back(), "w" + std::to_string(kTextTokensMax - 1));
}

TEST(SearchTokensTest, FindsATextOnlyByAllOfTheTokens) {
  EXPECT_TRUE(HasAllTokens("The quick, brown fox", TokenizeQuery("FOX quick")));
  EXPECT_FALSE(HasAllTokens("The quick, brown fox", TokenizeQuery("fox slow")));
  EXPECT_FALSE(HasAllTokens("quickly", TokenizeQuery("quick")));
  EXPECT_TRUE(HasAllTokens("我爱北京天安门", TokenizeQuery("北京")));
  EXPECT_FALSE(HasAllTokens("我爱北京天安门", TokenizeQuery("京北")));
}

// Pieces that a random text is made of: letters of several scripts, what separates, and rubbish.
constexpr std::string_view kPieces[] = {
    "a",      "Z",  "ß",    "İ",      "é",    "\u0301", "\u0130", "ж",         "Σ",
    "ς",      "中", "文",   "タ",     "ｶ",    "\u3099", "한",     "ㅎ",        "9",
    "½",      "ﷺ",  "😀",   "\u200D", "_",    "'",      " ",      "\n",        "\u00A0",
    "\u3000", "-",  "\xFF", "\xC3",   "\xF0", "नि",     "\u1161", "\U0001D400"};

TEST(SearchTokensTest, IsBoundedAndFindsEveryPartOfATextByItself) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> words;
    std::string text;
    for (std::uint32_t i = random() % 8; i > 0; --i) {
      std::string word;
      for (std::uint32_t j = 1 + random() % 40; j > 0; --j) {
        word += kPieces[random() % std::size(kPieces)];
      }
      text += word + ' ';
      words.push_back(std::move(word));
    }
    const Tokens tokens = TokenizeText(text);
    for (const std::string& token : tokens) {
      ASSERT_FALSE(token.empty());
      ASSERT_LE(token.size(), kTokenBytesMax);
      ASSERT_EQ(std::ranges::count(tokens, token), 1);
    }
    for (const std::string& word : words) {
      ASSERT_TRUE(HasAllTokens(text, TokenizeQuery(word))) << word;
    }
  }
}

TEST(SearchTokensTest, SurvivesAnyBytes) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 300, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    ASSERT_TRUE(HasAllTokens(bytes, TokenizeQuery(bytes)));
  }
}

}  // namespace
}  // namespace chat
