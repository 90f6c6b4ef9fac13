#include "protocol/json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "protocol/chat.pb.h"
#include "protocol/limits.h"

namespace chat {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using std::string_view_literals::operator""sv;

template <typename Message>
Message Parsed(std::string_view json) {
  Message message;
  const auto parsed = ParseJson(json, message);
  EXPECT_TRUE(parsed.has_value()) << json << '\n' << parsed.error().detail;
  return message;
}

template <typename Message>
void ExpectMalformed(std::string_view json) {
  Message message;
  const auto parsed = ParseJson(json, message);
  ASSERT_FALSE(parsed.has_value()) << json;
  EXPECT_EQ(parsed.error().code, JsonErrorCode::kMalformed) << json;
  EXPECT_FALSE(parsed.error().detail.empty());
}

std::string Repeat(std::string_view part, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

// The parser keeps one bit per field, and both halves know only these kinds.
TEST(JsonTest, SchemaHasOnlyFieldsThatTheMappingKnows) {
  const FileDescriptor& file = *v1::ClientFrame::descriptor()->file();
  for (int i = 0; i < file.message_type_count(); ++i) {
    const Descriptor& type = *file.message_type(i);
    EXPECT_LE(type.field_count(), 64) << type.name();
    for (int j = 0; j < type.field_count(); ++j) {
      const FieldDescriptor& field = *type.field(j);
      const auto kind = field.cpp_type();
      const bool in_lists =
          kind == FieldDescriptor::CPPTYPE_INT64 || kind == FieldDescriptor::CPPTYPE_MESSAGE;
      const bool alone = in_lists || kind == FieldDescriptor::CPPTYPE_UINT32 ||
                         kind == FieldDescriptor::CPPTYPE_BOOL ||
                         kind == FieldDescriptor::CPPTYPE_STRING;
      EXPECT_TRUE(field.is_repeated() ? in_lists : alone) << field.full_name();
      EXPECT_FALSE(field.is_map()) << field.full_name();
    }
  }
}

TEST(JsonWriteTest, PrintsScalarsAndListsAlsoWhenEmpty) {
  EXPECT_EQ(ToJson(v1::Reaction()), R"({"emoji":"","count":0,"mine":false})");
  EXPECT_EQ(ToJson(v1::GapEvent()), R"({"conversation_id":"0","head_seq":"0","head_change":"0"})");
  EXPECT_EQ(ToJson(v1::PresenceEvent()), R"({"users":[]})");
  EXPECT_EQ(ToJson(v1::HeartbeatCommand()), "{}");
}

TEST(JsonWriteTest, LeavesOptionalFieldsOutWhenUnset) {
  v1::ReceiptCommand receipt;
  EXPECT_EQ(ToJson(receipt), R"({"conversation_id":"0"})");

  receipt.set_read_seq(0);

  EXPECT_EQ(ToJson(receipt), R"({"conversation_id":"0","read_seq":"0"})");
}

TEST(JsonWriteTest, PrintsIntegersOf64BitsAsStringsAndSmallerOnesAsNumbers) {
  v1::ClientFrame frame;
  frame.set_ref(std::numeric_limits<std::uint32_t>::max());
  frame.mutable_watch_presence()->add_user_ids(std::numeric_limits<std::int64_t>::max());
  frame.mutable_watch_presence()->add_user_ids(std::numeric_limits<std::int64_t>::min());

  EXPECT_EQ(ToJson(frame), R"({"ref":4294967295,"watch_presence":{"user_ids":)"
                           R"(["9223372036854775807","-9223372036854775808"]}})");
}

TEST(JsonWriteTest, PrintsTimesWithThreeDecimals) {
  v1::OtpResponse otp;
  otp.mutable_otp_expires_at()->set_seconds(1'709'210'096);

  EXPECT_EQ(ToJson(otp), R"({"otp":"","otp_expires_at":"2024-02-29T12:34:56.000Z"})");
}

TEST(JsonWriteTest, EscapesOnlyWhatItHasTo) {
  v1::EditMessageRequest edit;
  edit.set_text("\"\\/\n\r\t\b\x01\x7F<\u00e9\u2028\U0001F600");

  EXPECT_EQ(ToJson(edit),
            "{\"text\":\"\\\"\\\\/\\n\\r\\t\\u0008\\u0001\x7F<\u00e9\u2028\U0001F600\"}");
}

TEST(JsonWriteTest, ReplacesWhatIsNoUtf8) {
  v1::EditMessageRequest edit;
  edit.set_text("a\xFF\xC3(\xED\xA0\x80z");

  EXPECT_EQ(ToJson(edit), "{\"text\":\"a\uFFFD\uFFFD(\uFFFD\uFFFD\uFFFDz\"}");
}

TEST(JsonWriteTest, PrintsBytesAsBase64) {
  v1::SendCommand send;
  send.set_payload(std::string("\x00\xFF"sv));

  EXPECT_NE(ToJson(send).find(R"("payload":"AP8=")"), std::string::npos);
}

TEST(JsonParseTest, ReadsIntegersFromStringsAndNumbers) {
  const auto cursor = Parsed<v1::SyncCursor>(
      R"({"conversation_id":"9223372036854775807","after_seq":9007199254740993,"after_change":-1})");
  EXPECT_EQ(cursor.conversation_id(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(cursor.after_seq(), 9'007'199'254'740'993);
  EXPECT_EQ(cursor.after_change(), -1);

  EXPECT_EQ(Parsed<v1::GoAwayEvent>(R"({"reconnect_after_ms":"7"})").reconnect_after_ms(), 7u);
}

TEST(JsonParseTest, RefusesNumbersThatAreNoIntegerOfTheField) {
  for (const std::string_view number : {"9223372036854775808",
                                        "-9223372036854775809",
                                        "18446744073709551616",
                                        "1e999",
                                        "-1e999",
                                        "1.5",
                                        "1e2",
                                        "1.0",
                                        "1E400",
                                        "\"9223372036854775808\"",
                                        "\"1.0\"",
                                        "\"1e2\"",
                                        "\"\"",
                                        "\" 1\"",
                                        "\"1 \"",
                                        "\"+1\"",
                                        "\"01\"",
                                        "\"0x1\"",
                                        "\"-\"",
                                        "true",
                                        "{}",
                                        "[1]"}) {
    ExpectMalformed<v1::SyncCursor>("{\"after_seq\":" + std::string(number) + "}");
  }
  for (const std::string_view number : {"4294967296", "-1", "\"-1\"", "0.5"}) {
    ExpectMalformed<v1::GoAwayEvent>("{\"reconnect_after_ms\":" + std::string(number) + "}");
  }
}

TEST(JsonParseTest, RefusesValuesOfAnotherKind) {
  ExpectMalformed<v1::EditMessageRequest>(R"({"text":5})");
  ExpectMalformed<v1::EditMessageRequest>(R"({"text":true})");
  ExpectMalformed<v1::EditMessageRequest>(R"({"text":["a"]})");
  ExpectMalformed<v1::EditMessageRequest>(R"({"text":{}})");
  ExpectMalformed<v1::TypingCommand>(R"({"active":"true"})");
  ExpectMalformed<v1::TypingCommand>(R"({"active":1})");
  ExpectMalformed<v1::ClientFrame>(R"({"send":[]})");
  ExpectMalformed<v1::ClientFrame>(R"({"send":"x"})");
  ExpectMalformed<v1::WatchPresenceCommand>(R"({"user_ids":"1"})");
  ExpectMalformed<v1::WatchPresenceCommand>(R"({"user_ids":{}})");
  ExpectMalformed<v1::WatchPresenceCommand>(R"({"user_ids":[null]})");
  ExpectMalformed<v1::WatchPresenceCommand>(R"({"user_ids":[["1"]]})");
  ExpectMalformed<v1::WatchPresenceCommand>(R"({"user_ids":[{}]})");
  ExpectMalformed<v1::SyncCommand>(R"({"cursors":[1]})");
  ExpectMalformed<v1::SendCommand>(R"({"payload":"AP8"})");
  ExpectMalformed<v1::ConversationSettingsRequest>(R"({"muted_until":"2026-11-22T19:03:00Z"})");
  ExpectMalformed<v1::ConversationSettingsRequest>(R"({"muted_until":{"seconds":1}})");
  ExpectMalformed<v1::ConversationSettingsRequest>(R"({"muted_until":1})");
}

TEST(JsonParseTest, RefusesEveryLeniency) {
  for (const std::string_view json : {"",
                                      " ",
                                      "null",
                                      "[]",
                                      "1",
                                      "\"x\"",
                                      "{",
                                      "}",
                                      "{}}",
                                      "{} {}",
                                      "{}x",
                                      "{text:\"a\"}",
                                      "{'text':'a'}",
                                      "{\"text\":\"a\",}",
                                      "{,}",
                                      "{\"text\"}",
                                      "{\"text\":}",
                                      "{\"a\":[1,]}",
                                      "{\"a\":01}",
                                      "{\"a\":+1}",
                                      "{\"a\":.5}",
                                      "{\"a\":1.}",
                                      "{\"a\":NaN}",
                                      "{\"a\":Infinity}",
                                      "{\"a\":True}",
                                      "/**/{}",
                                      "{}//",
                                      "{\"a\":\"\n\"}",
                                      "{\"a\":\"\\x41\"}",
                                      "{\"a\":\"\\u12\"}",
                                      "{\"a\":\"b}",
                                      "\xEF\xBB\xBF{}",
                                      "{\"a\":1e999}",
                                      "{\"a\":[1e999]}"}) {
    ExpectMalformed<v1::EditMessageRequest>(json);
  }
}

TEST(JsonParseTest, RefusesWhatIsNoUnicode) {
  for (const std::string_view text :
       {R"(\ud800)"sv, R"(\ud800x)"sv, R"(\udc00)"sv, R"(\ud800\ud800)"sv, R"(\ud800\u0041)"sv,
        "\xFF"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv, "\xC3"sv, "\xF4\x90\x80\x80"sv}) {
    ExpectMalformed<v1::EditMessageRequest>("{\"text\":\"" + std::string(text) + "\"}");
    ExpectMalformed<v1::EditMessageRequest>("{\"unknown\":\"" + std::string(text) + "\"}");
    ExpectMalformed<v1::EditMessageRequest>("{\"" + std::string(text) + "\":1}");
  }
}

TEST(JsonParseTest, ReadsEveryEscape) {
  const auto edit =
      Parsed<v1::EditMessageRequest>(R"({"text":"\"\\\/\b\f\n\r\t\u0000\u00e9\ud83d\ude00."})");

  EXPECT_EQ(edit.text(), "\"\\/\b\f\n\r\t\0\u00e9\U0001F600."sv);
}

TEST(JsonParseTest, ReadsTextLongerThanAnyBuffer) {
  const std::string text = Repeat("\u20ac\n", 50'000);
  v1::EditMessageRequest edit;
  edit.set_text(text);

  EXPECT_EQ(Parsed<v1::EditMessageRequest>(ToJson(edit)).text(), text);
  EXPECT_EQ(
      Parsed<v1::EditMessageRequest>("{\"text\":\"" + Repeat("\\u20ac\\n", 50'000) + "\"}").text(),
      text);
}

TEST(JsonParseTest, ReadsEscapedNames) {
  EXPECT_EQ(Parsed<v1::EditMessageRequest>(R"({"\u0074ext":"a"})").text(), "a");
  EXPECT_EQ(Parsed<v1::EditMessageRequest>("{\"text" + Repeat("\\u0000", 2000) + "\":1}").text(),
            "");
}

TEST(JsonParseTest, SkipsUnknownFieldsOfAnyShape) {
  const auto edit = Parsed<v1::EditMessageRequest>(
      R"({"a":{"text":"x","b":[1,{"text":2}]},"c":[[],{}],"d":null,"e":1.5e3,"f":18446744073709551615,)"
      R"("text":"kept","camelCase":true,"a":1})");

  EXPECT_EQ(edit.text(), "kept");
}

TEST(JsonParseTest, TakesNullAsAbsent) {
  const auto frame =
      Parsed<v1::ClientFrame>(R"({"ref":null,"send":null,"heartbeat":{},"sync":null})");
  EXPECT_FALSE(frame.has_ref());
  EXPECT_TRUE(frame.has_heartbeat());
  EXPECT_EQ(Parsed<v1::WatchPresenceCommand>(R"({"user_ids":null})").user_ids_size(), 0);
  EXPECT_FALSE(
      Parsed<v1::ConversationSettingsRequest>(R"({"muted_until":null})").has_muted_until());
}

TEST(JsonParseTest, TellsEmptyFromAbsent) {
  EXPECT_FALSE(Parsed<v1::ReceiptCommand>("{}").has_read_seq());
  EXPECT_TRUE(Parsed<v1::ReceiptCommand>(R"({"read_seq":"0"})").has_read_seq());
  EXPECT_TRUE(Parsed<v1::UpdateUserRequest>(R"({"display_name":""})").has_display_name());
}

TEST(JsonParseTest, RefusesAFieldThatComesTwice) {
  ExpectMalformed<v1::EditMessageRequest>(R"({"text":"a","text":"b"})");
  ExpectMalformed<v1::EditMessageRequest>(R"({"text":null,"text":"b"})");
  ExpectMalformed<v1::EditMessageRequest>(R"({"text":"a","t\u0065xt":"a"})");
  ExpectMalformed<v1::WatchPresenceCommand>(R"({"user_ids":[],"user_ids":[]})");
  ExpectMalformed<v1::ClientFrame>(R"({"send":{"text":"a","text":"a"}})");
}

TEST(JsonParseTest, TakesTheSameFieldOncePerObject) {
  const auto sync = Parsed<v1::SyncCommand>(R"({"cursors":[{"after_seq":1},{"after_seq":2}]})");
  ASSERT_EQ(sync.cursors_size(), 2);
  EXPECT_EQ(sync.cursors(1).after_seq(), 2);
}

TEST(JsonParseTest, RefusesTwoBodies) {
  ExpectMalformed<v1::ClientFrame>(R"({"heartbeat":{},"typing":{}})");
}

TEST(JsonParseTest, KeepsWhatCameBeforeTheError) {
  v1::ClientFrame frame;
  EXPECT_FALSE(ParseJson(R"({"ref":7,"send":{"text":5}})", frame));
  EXPECT_EQ(frame.ref(), 7u);
}

TEST(JsonParseTest, NamesTheFieldInTheErrorAndNotItsValue) {
  v1::ClientFrame frame;
  const auto parsed = ParseJson(R"({"send":{"conversation_id":"hunter2"}})", frame);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().detail,
            "\"conversation_id\" has to be a 64-bit integer, best as a decimal string.");
}

TEST(JsonParseTest, NestsToItsLimitAndNoDeeper) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + Repeat("[", depth - 1) + Repeat("]", depth - 1) + "}";
  };
  Parsed<v1::EditMessageRequest>(nested(kJsonDepthMax));
  ExpectMalformed<v1::EditMessageRequest>(nested(kJsonDepthMax + 1));
}

TEST(JsonParseTest, ListsHoldTheirLimitAndNoMore) {
  const auto list = [](std::size_t items) {
    return "{\"user_ids\":[1" + Repeat(",1", items - 1) + "]}";
  };
  EXPECT_EQ(Parsed<v1::WatchPresenceCommand>(list(kListItemsMax)).user_ids_size(), 1000);

  v1::WatchPresenceCommand watch;
  const auto parsed = ParseJson(list(kListItemsMax + 1), watch);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, JsonErrorCode::kListTooLong);
}

}  // namespace
}  // namespace chat
