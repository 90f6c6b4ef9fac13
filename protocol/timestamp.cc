#include "protocol/timestamp.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::year_month_day;

// What a timestamp looks like: `0` stands for any digit, all else for itself.
constexpr std::string_view kShape = "0000-00-00T00:00:00.000Z";
constexpr std::int32_t kNanosPerMs = 1'000'000;

struct Part {
  std::size_t offset;
  std::size_t digits;
};

constexpr Part kYear{0, 4};
constexpr Part kMonth{5, 2};
constexpr Part kDay{8, 2};
constexpr Part kHour{11, 2};
constexpr Part kMinute{14, 2};
constexpr Part kSecond{17, 2};
constexpr Part kMillisecond{20, 3};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool HasShape(std::string_view text) {
  return std::ranges::equal(text, kShape, [](char actual, char expected) {
    return expected == '0' ? IsDigit(actual) : actual == expected;
  });
}

int Read(std::string_view text, Part part) {
  int number = 0;
  for (const char c : text.substr(part.offset, part.digits)) number = number * 10 + (c - '0');
  return number;
}

void Write(std::string& text, Part part, unsigned number) {
  for (std::size_t i = part.digits; i > 0; --i, number /= 10) {
    text[part.offset + i - 1] = static_cast<char>('0' + number % 10);
  }
}

}  // namespace

std::string FormatTimestamp(UnixTime time) {
  time = std::clamp(time, kFirstTime, kLastTime);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);

  std::string text(kShape);
  Write(text, kYear, static_cast<unsigned>(static_cast<int>(date.year())));
  Write(text, kMonth, static_cast<unsigned>(date.month()));
  Write(text, kDay, static_cast<unsigned>(date.day()));
  Write(text, kHour, static_cast<unsigned>(clock.hours().count()));
  Write(text, kMinute, static_cast<unsigned>(clock.minutes().count()));
  Write(text, kSecond, static_cast<unsigned>(clock.seconds().count()));
  Write(text, kMillisecond, static_cast<unsigned>(clock.subseconds().count()));
  return text;
}

std::optional<UnixTime> ParseTimestamp(std::string_view text) {
  if (!HasShape(text)) return std::nullopt;
  const year_month_day date{std::chrono::year(Read(text, kYear)),
                            std::chrono::month(static_cast<unsigned>(Read(text, kMonth))),
                            std::chrono::day(static_cast<unsigned>(Read(text, kDay)))};
  const std::chrono::hours hour(Read(text, kHour));
  const std::chrono::minutes minute(Read(text, kMinute));
  const seconds second(Read(text, kSecond));
  if (!date.ok() || date.year() < std::chrono::year(1)) return std::nullopt;
  if (hour.count() > 23 || minute.count() > 59 || second.count() > 59) return std::nullopt;
  return std::chrono::sys_days(date) + hour + minute + second +
         milliseconds(Read(text, kMillisecond));
}

google::protobuf::Timestamp ToProtoTimestamp(UnixTime time) {
  time = std::clamp(time, kFirstTime, kLastTime);
  const auto whole = std::chrono::floor<seconds>(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(whole.time_since_epoch().count());
  timestamp.set_nanos(static_cast<std::int32_t>((time - whole).count()) * kNanosPerMs);
  return timestamp;
}

std::optional<UnixTime> FromProtoTimestamp(const google::protobuf::Timestamp& timestamp) {
  constexpr std::int64_t kFirstSecond =
      std::chrono::floor<seconds>(kFirstTime.time_since_epoch()).count();
  constexpr std::int64_t kLastSecond =
      std::chrono::floor<seconds>(kLastTime.time_since_epoch()).count();
  if (timestamp.seconds() < kFirstSecond || timestamp.seconds() > kLastSecond) return std::nullopt;
  if (timestamp.nanos() < 0 || timestamp.nanos() >= 1000 * kNanosPerMs) return std::nullopt;
  return UnixTime(seconds(timestamp.seconds()) + milliseconds(timestamp.nanos() / kNanosPerMs));
}

}  // namespace chat
