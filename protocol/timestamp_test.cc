#include "protocol/timestamp.h"

#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <random>
#include <string_view>

namespace chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(TimestampTest, PrintsAlwaysThreeDecimals) {
  EXPECT_EQ(FormatTimestamp(UnixTime(seconds(0))), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTimestamp(UnixTime(milliseconds(1'709'210'096'007))), "2024-02-29T12:34:56.007Z");
  EXPECT_EQ(FormatTimestamp(UnixTime(milliseconds(-1))), "1969-12-31T23:59:59.999Z");
}

TEST(TimestampTest, MovesTimesOutsideOfFourDigitYearsToTheNearerEnd) {
  EXPECT_EQ(FormatTimestamp(UnixTime::min()), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTimestamp(UnixTime::max()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(FromProtoTimestamp(ToProtoTimestamp(UnixTime::max())), kLastTime);
}

TEST(TimestampTest, ReadsBackWhatItPrints) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> any(kFirstTime.time_since_epoch().count(),
                                                  kLastTime.time_since_epoch().count());
  for (int i = 0; i < 10'000; ++i) {
    const UnixTime time{milliseconds(any(random))};

    EXPECT_EQ(ParseTimestamp(FormatTimestamp(time)), time);
    EXPECT_EQ(FromProtoTimestamp(ToProtoTimestamp(time)), time);
  }
}

TEST(TimestampTest, RefusesEveryOtherForm) {
  for (const std::string_view text :
       {"", "2026-11-22", "2026-11-22T19:03:00Z", "2026-11-22T19:03:00.1Z",
        "2026-11-22T19:03:00.1234Z", "2026-11-22T19:03:00.123", "2026-11-22 19:03:00.123Z",
        "2026-11-22t19:03:00.123z", "2026-11-22T19:03:00.123+00:00", "2026-11-22T19:03:00,123Z",
        "2026-11-22T19:03:00.123Z ", "+026-11-22T19:03:00.123Z", "2026-11-22T19:03:0a.123Z"}) {
    EXPECT_EQ(ParseTimestamp(text), std::nullopt) << text;
  }
}

TEST(TimestampTest, RefusesWhatIsOnNoCalendarOrClock) {
  for (const std::string_view text :
       {"2026-00-01T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-02-29T00:00:00.000Z",
        "2026-04-31T00:00:00.000Z", "2026-01-00T00:00:00.000Z", "2026-01-01T24:00:00.000Z",
        "2026-01-01T00:60:00.000Z", "2026-12-31T23:59:60.000Z", "0000-01-01T00:00:00.000Z"}) {
    EXPECT_EQ(ParseTimestamp(text), std::nullopt) << text;
  }
}

google::protobuf::Timestamp MakeProto(std::int64_t seconds, std::int32_t nanos) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(nanos);
  return timestamp;
}

TEST(TimestampTest, DropsPartsOfAMillisecond) {
  EXPECT_EQ(FromProtoTimestamp(MakeProto(1, 2'999'999)), UnixTime(milliseconds(1002)));
  EXPECT_EQ(FromProtoTimestamp(MakeProto(-1, 500'000)), UnixTime(milliseconds(-1000)));
}

TEST(TimestampTest, RefusesProtobufTimestampsOutsideOfTheirRange) {
  EXPECT_EQ(FromProtoTimestamp(MakeProto(0, -1)), std::nullopt);
  EXPECT_EQ(FromProtoTimestamp(MakeProto(0, 1'000'000'000)), std::nullopt);
  EXPECT_EQ(FromProtoTimestamp(MakeProto(253'402'300'800, 0)), std::nullopt);
  EXPECT_EQ(FromProtoTimestamp(MakeProto(-62'135'596'801, 0)), std::nullopt);
  EXPECT_EQ(FromProtoTimestamp(MakeProto(std::numeric_limits<std::int64_t>::min(), 0)),
            std::nullopt);
}

}  // namespace
}  // namespace chat
