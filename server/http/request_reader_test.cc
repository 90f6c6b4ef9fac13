#include "server/http/request_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "protocol/limits.h"

namespace chat::http {
namespace {

using Found = RequestReader::Found;

// What became of some bytes: the requests in them, or why they were refused.
struct Outcome {
  std::vector<std::string> requests;  // "POST /path body"
  std::optional<ErrorCode> error;
};

// Feeds a reader pieces of `piece_bytes` at most.
class Feeder {
 public:
  explicit Feeder(std::size_t piece_bytes, std::size_t body_bytes_max = kHttpBodyBytesMax)
      : piece_bytes_(piece_bytes), body_bytes_max_(body_bytes_max) {}

  Outcome Feed(std::string_view bytes) {
    while (!bytes.empty() && !outcome_.error) {
      const std::span<char> room = reader_.Prepare();
      const std::size_t size = std::min({room.size(), piece_bytes_, bytes.size()});
      std::memcpy(room.data(), bytes.data(), size);
      bytes.remove_prefix(size);
      reader_.Commit(size);
      ReadAll();
    }
    return outcome_;
  }

  RequestReader& reader() { return reader_; }

 private:
  void ReadAll() {
    for (auto found = reader_.Next(); Go(found); found = reader_.Next()) {
    }
  }

  bool Go(const std::expected<Found, Refusal>& found) {
    if (!found) outcome_.error = found.error().code;
    if (!found || *found == Found::kNothing) return false;
    if (*found == Found::kHead) {
      const auto limited = reader_.LimitBody(body_bytes_max_);
      if (!limited) outcome_.error = limited.error().code;
      return limited.has_value();
    }
    outcome_.requests.push_back(std::string(MethodName(reader_.head().method)) + " " +
                                reader_.head().path + " " + reader_.TakeBody());
    reader_.Restart();
    return true;
  }

  std::size_t piece_bytes_;
  std::size_t body_bytes_max_;
  RequestReader reader_;
  Outcome outcome_;
};

Outcome ReadWhole(std::string_view bytes) { return Feeder(1'000'000).Feed(bytes); }
Outcome ReadByByte(std::string_view bytes) { return Feeder(1).Feed(bytes); }

TEST(RequestReaderTest, ReadsPipelinedRequestsInOrderHoweverTheyAreSplit) {
  constexpr std::string_view kBytes =
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
      "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nxyz\r\n2\r\n!!\r\n0\r\n\r\n"
      "GET /c?d=e HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::vector<std::string> expected = {"POST /a abc", "POST /b xyz!!", "GET /c "};

  for (const std::size_t piece_bytes : {1, 2, 3, 7, 50, 1000}) {
    const Outcome outcome = Feeder(piece_bytes).Feed(kBytes);
    EXPECT_EQ(outcome.requests, expected) << piece_bytes;
    EXPECT_FALSE(outcome.error) << piece_bytes;
  }
}

TEST(RequestReaderTest, TellsWhatTheHeadSays) {
  Feeder feeder(1000);
  const std::string_view bytes =
      "PATCH /v1/users/a%20b?q=%C3%BC+1&otp=x%2By HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-two:  2 \r\n"
      "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  std::ranges::copy(bytes, feeder.reader().Prepare().begin());
  feeder.reader().Commit(bytes.size());

  ASSERT_EQ(feeder.reader().Next(), Found::kHead);
  const RequestHead& head = feeder.reader().head();

  EXPECT_EQ(head.method, Method::kPatch);
  EXPECT_EQ(head.path, "/v1/users/a b");
  ASSERT_EQ(head.query.size(), 2u);
  EXPECT_EQ(head.query[0].value, "\xC3\xBC 1");
  EXPECT_EQ(head.query[1].value, "x+y");
  ASSERT_EQ(head.headers.size(), 5u);
  EXPECT_EQ(head.headers[2].name, "x-two");
  EXPECT_EQ(head.headers[2].value, "2");
  EXPECT_TRUE(head.keep_alive);
  EXPECT_TRUE(head.has_body);
  EXPECT_TRUE(head.expects_continue);
}

TEST(RequestReaderTest, KeepsWhatFollowsTheRequest) {
  Feeder feeder(1000);

  const Outcome outcome = feeder.Feed("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /half");

  EXPECT_EQ(outcome.requests.size(), 1u);
  EXPECT_EQ(feeder.reader().unread(), "GET /half");
}

struct HostileCase {
  std::string_view name;
  std::string bytes;
  ErrorCode error;
};

std::string Get(std::string_view fields) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

std::string Target(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

std::string Chunked(std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
}

std::string Repeat(std::string_view text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated.append(text);
  return repeated;
}

std::vector<HostileCase> FramingCases() {
  constexpr ErrorCode kBad = ErrorCode::kInvalidFrame;
  return {
      {"length_then_chunked", Get("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), kBad},
      {"chunked_then_length", Get("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), kBad},
      {"two_lengths", Get("Content-Length: 1\r\nContent-Length: 2\r\n"), kBad},
      {"two_equal_lengths", Get("Content-Length: 1\r\nContent-Length: 1\r\n"), kBad},
      {"length_list", Get("Content-Length: 1, 1\r\n"), kBad},
      {"signed_length", Get("Content-Length: +1\r\n"), kBad},
      {"negative_length", Get("Content-Length: -1\r\n"), kBad},
      {"hexadecimal_length", Get("Content-Length: 0x1\r\n"), kBad},
      {"empty_length", Get("Content-Length:\r\n"), kBad},
      {"length_overflow", Get("Content-Length: 18446744073709551617\r\n"), kBad},
      {"odd_coding", Get("Transfer-Encoding: gzip\r\n"), kBad},
      {"two_codings", Get("Transfer-Encoding: gzip, chunked\r\n"), kBad},
      {"chunked_twice", Get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), kBad},
      {"coding_with_tab",
       Get("Transfer-Encoding: \x0b"
           "chunked\r\n"),
       kBad},
      {"identity", Get("Transfer-Encoding: identity\r\n"), kBad},
      {"chunked_in_1_0",
       "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", kBad},
      {"chunk_size_overflow", Chunked("10000000000000001\r\na\r\n0\r\n\r\n"), kBad},
      {"chunk_size_with_sign", Chunked("+1\r\na\r\n0\r\n\r\n"), kBad},
      {"chunk_size_with_prefix", Chunked("0x1\r\na\r\n0\r\n\r\n"), kBad},
      {"chunk_without_end", Chunked("1\r\nab\r\n0\r\n\r\n"), kBad},
      {"chunk_with_bare_lf", Chunked("1\na\r\n0\r\n\r\n"), kBad},
      {"endless_chunk_extension", Chunked("1;a=" + Repeat("b", 20'000)), kBad},
      {"length_in_trailer", Chunked("1\r\na\r\n0\r\nContent-Length: 1\r\n\r\n"), kBad},
      {"coding_in_trailer", Chunked("1\r\na\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"), kBad},
      {"host_in_trailer", Chunked("1\r\na\r\n0\r\nHost: other\r\n\r\n"), kBad},
  };
}

std::vector<HostileCase> HeadCases() {
  constexpr ErrorCode kBad = ErrorCode::kInvalidFrame;
  return {
      {"space_before_colon", Get("X : 1\r\n"), kBad},
      {"space_in_name", Get("X Y: 1\r\n"), kBad},
      {"no_colon", Get("X\r\n"), kBad},
      {"empty_name", Get(": 1\r\n"), kBad},
      {"folded_line", Get("X: 1\r\n 2\r\n"), kBad},
      {"folded_by_tab", Get("X: 1\r\n\t2\r\n"), kBad},
      {"bare_lf", "GET / HTTP/1.1\nHost: h\n\n", kBad},
      {"bare_lf_in_field", Get("X: 1\nY: 2\r\n"), kBad},
      {"bare_cr", Get("X: 1\r2\r\n"), kBad},
      {"nul_in_value", Get(std::string_view("X: \0\r\n", 6)), kBad},
      {"nul_in_name", Get(std::string_view("X\0: 1\r\n", 7)), kBad},
      {"delete_character", Get("X: \x7f\r\n"), kBad},
      {"no_host", "GET / HTTP/1.1\r\n\r\n", kBad},
      {"two_hosts", Get("Host: h\r\n"), kBad},
      {"empty_host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", kBad},
      {"host_with_path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", kBad},
      {"host_with_user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", kBad},
      {"empty_line_first", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", kBad},
      {"lower_case_version", "GET / http/1.1\r\nHost: h\r\n\r\n", kBad},
      {"version_2", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", kBad},
      {"no_version", "GET /\r\nHost: h\r\n\r\n", kBad},
      {"two_spaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", kBad},
      {"method_is_no_token", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n", kBad},
      {"tls_hello", std::string("\x16\x03\x01\x02\x00\x01", 6), kBad},
      {"http_2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", kBad},
  };
}

std::vector<HostileCase> TargetCases() {
  constexpr ErrorCode kBad = ErrorCode::kInvalidArgument;
  return {
      {"dots", Target("/a/../b"), kBad},
      {"dots_at_end", Target("/a/.."), kBad},
      {"one_dot", Target("/./a"), kBad},
      {"escaped_dots", Target("/%2e%2e/a"), kBad},
      {"half_escaped_dots", Target("/.%2E/a"), kBad},
      {"escaped_slash", Target("/a%2fb"), kBad},
      {"backslash", Target("/a\\b"), kBad},
      {"escaped_nul", Target("/a%00"), kBad},
      {"escaped_nul_in_query", Target("/?a=%00"), kBad},
      {"escaped_line_break", Target("/?a=%0d%0a"), kBad},
      {"bad_escape", Target("/%zz"), kBad},
      {"cut_escape", Target("/%4"), kBad},
      {"not_utf8", Target("/%ff"), kBad},
      {"raw_high_byte", Target("/\xff"), kBad},
      {"absolute_form", Target("http://h/"), kBad},
      {"authority_form", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", kBad},
      {"asterisk_form", Target("*"), kBad},
      {"fragment", Target("/a#b"), kBad},
  };
}

std::vector<HostileCase> SizeCases() {
  return {
      {"head_over_8_kib", Get("X: " + Repeat("a", 9'000) + "\r\n"), ErrorCode::kHeadersTooLarge},
      {"2000_fields", Get(Repeat("A: b\r\n", 2'000)), ErrorCode::kHeadersTooLarge},
      {"101_fields", Get(Repeat("A: b\r\n", 100)), ErrorCode::kHeadersTooLarge},
      {"request_line_of_100_kib", Target("/" + Repeat("a", 100'000)), ErrorCode::kTargetTooLong},
      {"target_over_12_kib", Target("/" + Repeat("a", kHttpTargetBytesMax)),
       ErrorCode::kTargetTooLong},
      {"announced_body", Get("Content-Length: 65537\r\n"), ErrorCode::kTooLarge},
      {"chunked_body", Chunked("10001\r\n" + Repeat("a", 70'000)), ErrorCode::kTooLarge},
      {"many_chunks", Chunked(Repeat("8000\r\n" + Repeat("a", 0x8000) + "\r\n", 3)),
       ErrorCode::kTooLarge},
  };
}

void ExpectRefused(const std::vector<HostileCase>& cases) {
  for (const HostileCase& hostile : cases) {
    EXPECT_EQ(ReadWhole(hostile.bytes).error, hostile.error) << hostile.name;
    EXPECT_EQ(ReadByByte(hostile.bytes).error, hostile.error) << hostile.name << ", byte by byte";
  }
}

TEST(RequestReaderHostileTest, RefusesAmbiguousFraming) { ExpectRefused(FramingCases()); }
TEST(RequestReaderHostileTest, RefusesMalformedHeads) { ExpectRefused(HeadCases()); }
TEST(RequestReaderHostileTest, RefusesOddTargets) { ExpectRefused(TargetCases()); }
TEST(RequestReaderHostileTest, RefusesWhatIsTooLarge) { ExpectRefused(SizeCases()); }

TEST(RequestReaderHostileTest, SeesNoRequestInWhatItRefuses) {
  const std::string smuggled =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

  const Outcome outcome = ReadWhole(smuggled);

  EXPECT_TRUE(outcome.requests.empty());
  EXPECT_EQ(outcome.error, ErrorCode::kInvalidFrame);
}

TEST(RequestReaderTest, AcceptsWhatIsAtItsLimits) {
  EXPECT_EQ(ReadWhole(Target("/" + Repeat("a", kHttpTargetBytesMax - 1))).requests.size(), 1u);
  EXPECT_EQ(ReadWhole(Get(Repeat("A: b\r\n", 99))).requests.size(), 1u);
  EXPECT_EQ(ReadWhole(Get("Content-Length: 65536\r\n") + Repeat("a", 65'536)).requests.size(), 1u);
  EXPECT_EQ(ReadWhole("GET / HTTP/1.0\r\n\r\n").requests.size(), 1u);
}

}  // namespace
}  // namespace chat::http
