#include "protocol/text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "protocol/errors.h"
#include "protocol/limits.h"

namespace chat {
namespace {

using std::string_view_literals::operator""sv;

std::string Repeat(std::string_view part, std::size_t count) {
  std::string text;
  text.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

// Expects a refusal with `code` whose detail names `field`.
template <typename T>
void ExpectRefused(const std::expected<T, Refusal>& checked, ErrorCode code,
                   const std::string& field) {
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().code, code);
  EXPECT_NE(checked.error().detail.find('"' + field + '"'), std::string::npos)
      << checked.error().detail;
  EXPECT_EQ(checked.error().detail.back(), '.');
}

TEST(TextTest, TakesAnyTextUpToItsLimits) {
  EXPECT_TRUE(CheckText("x"));
  EXPECT_TRUE(CheckText(" \r\n\t\x1B[31m"));
  EXPECT_TRUE(CheckText("'; DROP TABLE messages; -- <img onerror> %s $1"));
  EXPECT_TRUE(CheckText("\u202Ebidi \u0301 \U0001F468\u200D\U0001F469"));
  EXPECT_TRUE(CheckText(Repeat("\u00e9", kTextCodePointsMax)));
  EXPECT_TRUE(CheckText(Repeat("\U0001F600", kTextBytesMax / 4)));
}

TEST(TextTest, RefusesTextOverALimitAsTooLarge) {
  ExpectRefused(CheckText(Repeat("x", kTextCodePointsMax + 1)), ErrorCode::kTooLarge, "text");
  ExpectRefused(CheckText(Repeat("\U0001F600", kTextBytesMax / 4) + "x"), ErrorCode::kTooLarge,
                "text");
}

TEST(TextTest, RefusesEmptyTextNulAndBadUtf8) {
  ExpectRefused(CheckText(""), ErrorCode::kInvalidArgument, "text");
  ExpectRefused(CheckText("a\0b"sv), ErrorCode::kInvalidArgument, "text");
  ExpectRefused(CheckText("a\xFF"), ErrorCode::kInvalidArgument, "text");
}

TEST(TextTest, HoldsClientMsgIdTo64Bytes) {
  EXPECT_TRUE(CheckClientMsgId("7"));
  EXPECT_TRUE(CheckClientMsgId(std::string(64, 'a')));
  ExpectRefused(CheckClientMsgId(""), ErrorCode::kInvalidArgument, "client_msg_id");
  ExpectRefused(CheckClientMsgId(std::string(65, 'a')), ErrorCode::kInvalidArgument,
                "client_msg_id");
  ExpectRefused(CheckClientMsgId(Repeat("\u00e9", 33)), ErrorCode::kInvalidArgument,
                "client_msg_id");
  ExpectRefused(CheckClientMsgId("a\0"sv), ErrorCode::kInvalidArgument, "client_msg_id");
}

TEST(TextTest, HoldsEmojiToItsBytes) {
  EXPECT_TRUE(CheckEmoji("\U0001F44D"));
  ExpectRefused(CheckEmoji(""), ErrorCode::kInvalidArgument, "emoji");
  ExpectRefused(CheckEmoji(std::string(kEmojiBytesMax + 1, 'x')), ErrorCode::kInvalidArgument,
                "emoji");
}

TEST(TextTest, CountsNamesInCharacters) {
  EXPECT_TRUE(CheckDisplayName(Repeat("\u20ac", kDisplayNameCodePointsMax)));
  ExpectRefused(CheckDisplayName(Repeat("\u20ac", kDisplayNameCodePointsMax + 1)),
                ErrorCode::kInvalidArgument, "display_name");
  ExpectRefused(CheckDisplayName(""), ErrorCode::kInvalidArgument, "display_name");
  ExpectRefused(CheckDisplayName("\0"sv), ErrorCode::kInvalidArgument, "display_name");
  EXPECT_TRUE(CheckGroupName(Repeat("\u20ac", kGroupNameCodePointsMax)));
  ExpectRefused(CheckGroupName(Repeat("\u20ac", kGroupNameCodePointsMax + 1)),
                ErrorCode::kInvalidArgument, "name");
  EXPECT_TRUE(CheckDeviceName(""));
  ExpectRefused(CheckDeviceName(Repeat("x", kDeviceNameCodePointsMax + 1)),
                ErrorCode::kInvalidArgument, "device_name");
}

TEST(TextTest, CountsPasswordsInBytes) {
  EXPECT_TRUE(CheckPassword("12345678"));
  EXPECT_TRUE(CheckPassword(Repeat("\u00e9", 4)));
  EXPECT_TRUE(CheckPassword(std::string(kPasswordBytesMax, 'p')));
  ExpectRefused(CheckPassword("1234567"), ErrorCode::kInvalidArgument, "password");
  ExpectRefused(CheckPassword(std::string(kPasswordBytesMax + 1, 'p')), ErrorCode::kInvalidArgument,
                "password");
}

TEST(TextTest, NeverRepeatsAPasswordInItsRefusal) {
  const auto checked = CheckPassword("hunter2");
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().detail.find("hunter2"), std::string::npos);
}

TEST(TextTest, KeepsUsernamesInLowerCase) {
  EXPECT_EQ(*NormalizeUsername("Alice_B.99"), "alice_b.99");
  EXPECT_EQ(*NormalizeUsername("abc"), "abc");
  EXPECT_EQ(*NormalizeUsername(std::string(32, 'Z')), std::string(32, 'z'));
}

TEST(TextTest, RefusesOtherUsernames) {
  for (const std::string_view username :
       {""sv, "ab"sv, "a b"sv, "a-b"sv, "al\u00edce"sv, "\uff41lice"sv, "a\0b"sv, "abc\n"sv}) {
    ExpectRefused(NormalizeUsername(username), ErrorCode::kInvalidArgument, "username");
  }
  ExpectRefused(NormalizeUsername(std::string(33, 'a')), ErrorCode::kInvalidArgument, "username");
}

TEST(TextTest, KeepsEmailsInLowerCase) {
  EXPECT_EQ(*NormalizeEmail("Alice.B+chat@Mail.Example.ORG"), "alice.b+chat@mail.example.org");
  EXPECT_EQ(*NormalizeEmail("a@localhost"), "a@localhost");
  EXPECT_TRUE(NormalizeEmail(std::string(242, 'a') + "@example.org"));
}

TEST(TextTest, RefusesWhatIsNoEmail) {
  for (const std::string_view email :
       {""sv,           "a"sv,       "@"sv,       "a@"sv,        "@b"sv,      "a@b@c"sv,
        "a b@c.d"sv,    "a@b..c"sv,  "a@.b"sv,    "a@b."sv,      "a@-b"sv,    "a@b-"sv,
        "a@b_c"sv,      "a\n@b.c"sv, "a@b.c\n"sv, "\"a\"@b.c"sv, "<a@b.c>"sv, "a@[127.0.0.1]"sv,
        "\u00e9@b.c"sv, "a\0@b.c"sv}) {
    ExpectRefused(NormalizeEmail(email), ErrorCode::kInvalidArgument, "email");
  }
  ExpectRefused(NormalizeEmail(std::string(243, 'a') + "@example.org"), ErrorCode::kInvalidArgument,
                "email");
  ExpectRefused(NormalizeEmail("a@" + std::string(64, 'b')), ErrorCode::kInvalidArgument, "email");
}

}  // namespace
}  // namespace chat
