// Frames from a hostile client: each is answered, and none costs more than it may.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/chat.pb.h"
#include "protocol/envelope.h"
#include "protocol/errors.h"
#include "protocol/limits.h"
#include "protocol/text.h"

namespace {

// What this process has allocated with `new`, now and at most since the last reset.
struct HeapUse {
  std::size_t now = 0;
  std::size_t peak = 0;
};
HeapUse heap_use;

}  // namespace

void* operator new(std::size_t size) {
  void* const block = std::malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  heap_use.now += malloc_usable_size(block);
  heap_use.peak = std::max(heap_use.peak, heap_use.now);
  return block;
}

void operator delete(void* block) noexcept {
  heap_use.now -= malloc_usable_size(block);
  std::free(block);
}

void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

namespace chat {
namespace {

using std::string_view_literals::operator""sv;

std::string Repeat(std::string_view part, std::size_t count) {
  std::string text;
  text.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

// One length-delimited field of Protobuf.
std::string Field(int number, std::string_view content) {
  std::string bytes;
  for (std::uint64_t varint :
       {static_cast<std::uint64_t>(number) << 3 | 2, std::uint64_t{content.size()}}) {
    for (; varint >= 0x80; varint >>= 7) bytes += static_cast<char>(varint | 0x80);
    bytes += static_cast<char>(varint);
  }
  return bytes + std::string(content);
}

constexpr int kSendField = v1::ClientFrame::kSendFieldNumber;
constexpr int kSyncField = v1::ClientFrame::kSyncFieldNumber;
constexpr int kWatchField = v1::ClientFrame::kWatchPresenceFieldNumber;

void ExpectRefused(Encoding encoding, std::string_view bytes, ErrorCode code) {
  const auto frame = DecodeClientFrame(encoding, bytes);
  ASSERT_FALSE(frame.has_value());
  EXPECT_EQ(frame.error().refusal.code, code) << frame.error().refusal.detail;
}

// The heap that decoding takes at its peak.
std::size_t PeakBytes(Encoding encoding, std::string_view bytes) {
  const std::size_t before = heap_use.now;
  heap_use.peak = before;
  static_cast<void>(DecodeClientFrame(encoding, bytes));
  return heap_use.peak - before;
}

TEST(EnvelopeHostileTest, RefusesProtobufThatDoesNotParse) {
  for (const std::string_view bytes :
       {"\x08"sv, "\x08\xFF"sv, "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"sv, "\x1A\x05"sv,
        "\x1A\xFF\xFF\xFF\xFF\x0F"sv, "\x1A\xFF\xFF\xFF\xFF\x07"sv, "\x1A\x02\x1A\x7F"sv,
        "\x00\x00"sv, "\x1B"sv, "\x1C"sv, "\x0F"sv, "{\"ref\":1}"sv}) {
    ExpectRefused(Encoding::kProtobuf, bytes, ErrorCode::kInvalidFrame);
  }
}

TEST(EnvelopeHostileTest, RefusesBadUtf8InAProtobufString) {
  for (const std::string_view text :
       {"\xFF"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "\xE2\x82"sv}) {
    ExpectRefused(Encoding::kProtobuf,
                  Field(kSendField, Field(v1::SendCommand::kTextFieldNumber, text)),
                  ErrorCode::kInvalidFrame);
  }
}

TEST(EnvelopeHostileTest, WritesNothingToStderrAboutBadUtf8) {
  testing::internal::CaptureStderr();
  ExpectRefused(Encoding::kProtobuf,
                Field(kSendField, Field(v1::SendCommand::kTextFieldNumber, "\xFF")),
                ErrorCode::kInvalidFrame);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(EnvelopeHostileTest, AnswersRandomBytesWithoutHarm) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    for (const Encoding encoding : {Encoding::kJson, Encoding::kProtobuf}) {
      const auto frame = DecodeClientFrame(encoding, bytes);
      if (frame) continue;
      const ErrorCode code = frame.error().refusal.code;
      EXPECT_TRUE(code == ErrorCode::kInvalidFrame || code == ErrorCode::kUnsupported);
    }
  }
}

TEST(EnvelopeHostileTest, AnswersEveryTruncationAndBitFlip) {
  v1::ClientFrame frame;
  frame.set_ref(5);
  frame.mutable_send()->set_client_msg_id("m1");
  frame.mutable_send()->set_text("h\u00e9llo");
  for (const Encoding encoding : {Encoding::kJson, Encoding::kProtobuf}) {
    const std::string bytes = EncodeClientFrame(encoding, frame);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto cut = DecodeClientFrame(encoding, std::string_view(bytes).substr(0, size));
      // A Protobuf frame may end after any field; nothing of JSON may be missing.
      if (encoding == Encoding::kJson) EXPECT_FALSE(cut.has_value()) << size;
      if (cut) EXPECT_NE(cut->SerializeAsString(), frame.SerializeAsString()) << size;
    }
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
      const auto decoded = DecodeClientFrame(encoding, flipped);
      if (!decoded) continue;
      const auto again = DecodeClientFrame(encoding, EncodeClientFrame(encoding, *decoded));
      ASSERT_TRUE(again.has_value()) << bit;
      EXPECT_EQ(again->SerializeAsString(), decoded->SerializeAsString()) << bit;
    }
  }
}

TEST(EnvelopeHostileTest, RefusesNestingOf100000InJson) {
  for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
    const std::string closed =
        "{\"a\":" + Repeat(open, 100'000) + "1" + Repeat(close, 100'000) + "}";

    ExpectRefused(Encoding::kJson, closed, ErrorCode::kInvalidFrame);
    ExpectRefused(Encoding::kJson, Repeat(open, 100'000), ErrorCode::kInvalidFrame);
  }
}

TEST(EnvelopeHostileTest, RefusesNestingOf100000InProtobuf) {
  // Groups, field 31: they are all that can nest in what the schema does not know.
  const std::string opened = Repeat("\xFB\x01", 100'000);
  ExpectRefused(Encoding::kProtobuf, opened.substr(0, 2 * 4000), ErrorCode::kInvalidFrame);
  ExpectRefused(Encoding::kProtobuf, opened, ErrorCode::kInvalidArgument);
  ExpectRefused(Encoding::kProtobuf, opened + Repeat("\xFC\x01", 100'000),
                ErrorCode::kInvalidArgument);

  std::string nested;
  for (int i = 0; i < 1000; ++i) nested = Field(kSyncField, nested);
  EXPECT_LT(PeakBytes(Encoding::kProtobuf, nested), 8 * nested.size());
}

TEST(EnvelopeHostileTest, A50000IdListStaysWithin8TimesTheFrame) {
  const std::string json = "{\"watch_presence\":{\"user_ids\":[1" + Repeat(",1", 49'999) + "]}}";
  ExpectRefused(Encoding::kJson, json, ErrorCode::kInvalidArgument);
  EXPECT_LE(PeakBytes(Encoding::kJson, json), 8 * json.size());

  const std::string packed = Field(kWatchField, Field(1, Repeat("\1\0\0\0\0\0\0\0"sv, 50'000)));
  EXPECT_LE(PeakBytes(Encoding::kProtobuf, packed), 8 * packed.size());
  ASSERT_TRUE(DecodeClientFrame(Encoding::kProtobuf, packed).has_value());

  const std::string unpacked = Field(kWatchField, Repeat("\x09\1\0\0\0\0\0\0\0"sv, 50'000));
  ExpectRefused(Encoding::kProtobuf, unpacked, ErrorCode::kInvalidArgument);
  EXPECT_LE(PeakBytes(Encoding::kProtobuf, unpacked), 8 * unpacked.size());
}

TEST(EnvelopeHostileTest, AMebibyteOfEmptyItemsStaysWithin8TimesTheFrame) {
  const std::string json = "{\"sync\":{\"cursors\":[{}" + Repeat(",{}", 340'000) + "]}}";
  ExpectRefused(Encoding::kJson, json, ErrorCode::kInvalidArgument);
  EXPECT_LE(PeakBytes(Encoding::kJson, json), 8 * json.size());

  const std::string empty_items = Field(kSyncField, Repeat("\x0A\x00"sv, 500'000));
  ExpectRefused(Encoding::kProtobuf, empty_items, ErrorCode::kInvalidArgument);
  EXPECT_LE(PeakBytes(Encoding::kProtobuf, empty_items), 8 * empty_items.size());

  const std::string unknown_inside = Field(kSyncField, Field(1, Repeat("\xF8\x01\x01"sv, 300'000)));
  ExpectRefused(Encoding::kProtobuf, unknown_inside, ErrorCode::kInvalidArgument);
  EXPECT_LE(PeakBytes(Encoding::kProtobuf, unknown_inside), 8 * unknown_inside.size());
}

TEST(EnvelopeHostileTest, TheLargestLegalSyncIsTaken) {
  v1::ClientFrame frame;
  for (std::size_t i = 0; i < kSyncCursorsMax; ++i) {
    v1::SyncCursor* const cursor = frame.mutable_sync()->add_cursors();
    cursor->set_conversation_id(std::int64_t{1} << 62);
    cursor->set_after_seq(std::int64_t{1} << 62);
    cursor->set_after_change(std::int64_t{1} << 62);
  }
  for (const Encoding encoding : {Encoding::kJson, Encoding::kProtobuf}) {
    EXPECT_TRUE(DecodeClientFrame(encoding, EncodeClientFrame(encoding, frame)).has_value());
  }
}

TEST(EnvelopeHostileTest, AnyLegalTextFitsEscapedToItsLongestForm) {
  const std::size_t pairs = (kTextBytesMax - kTextCodePointsMax) / 3;
  const std::string json = R"({"ref":4294967295,"send":{"conversation_id":"9223372036854775807",)"
                           R"("client_msg_id":")" +
                           Repeat("\\u0061", kClientMsgIdBytesMax) + R"(","text":")" +
                           Repeat("\\ud83d\\ude00", pairs) +
                           Repeat("\\u0061", kTextCodePointsMax - pairs) + "\"}}";
  ASSERT_LE(json.size(), kFrameBytesMax);

  const auto frame = DecodeClientFrame(Encoding::kJson, json);

  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->send().text(),
            Repeat("\U0001F600", pairs) + Repeat("a", kTextCodePointsMax - pairs));
  EXPECT_TRUE(CheckText(frame->send().text()));
  EXPECT_LE(PeakBytes(Encoding::kJson, json), 8 * json.size());
}

TEST(EnvelopeHostileTest, KeepsTextByteForByte) {
  for (const std::string_view text :
       {"\u202Eabc\u2066"sv, "e\u0301\u0327"sv, "\U0001F468\u200D\U0001F469\u200D\U0001F467"sv,
        "'; DROP TABLE messages; --"sv, "\r\n*1\r\n$4\r\nPING\r\n"sv, "\x1B]0;x\x07%n${jndi:}"sv,
        "  \u00A0trim me \t"sv}) {
    v1::ClientFrame frame;
    frame.mutable_send()->set_text(std::string(text));
    for (const Encoding encoding : {Encoding::kJson, Encoding::kProtobuf}) {
      const auto decoded = DecodeClientFrame(encoding, EncodeClientFrame(encoding, frame));
      ASSERT_TRUE(decoded.has_value());
      EXPECT_EQ(decoded->send().text(), text);
    }
  }
}

TEST(EnvelopeHostileTest, FieldsThatOnlyTheServerSetsAreUnknownAndSkipped) {
  const auto frame = DecodeClientFrame(
      Encoding::kJson,
      R"({"send":{"text":"a","sender_id":"1","seq":"9","role":"owner","message_id":"3"}})");

  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->send().text(), "a");
}

}  // namespace
}  // namespace chat
