// The one kind of time that leaves the process: UTC in milliseconds.
//
// Text form: RFC 3339 with exactly three decimals and `Z`, as in 2026-11-22T19:03:00.125Z. In the
// schema it is google.protobuf.Timestamp. There is no clock here; whoever needs "now" is given it.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace chat {

using UnixTime = std::chrono::sys_time<std::chrono::milliseconds>;

// The years that both text and Protobuf can say; times outside are moved to the nearer end.
inline constexpr UnixTime kFirstTime = std::chrono::sys_days(std::chrono::January / 1 / 1);
inline constexpr UnixTime kLastTime =
    std::chrono::sys_days(std::chrono::January / 1 / 10000) - std::chrono::milliseconds(1);

// Source: RFC 3339 §5.6, with three decimals and `Z`.
std::string FormatTimestamp(UnixTime time);

// Errors: nullopt for any other form, a day that does not exist, and leap seconds.
// Source: RFC 3339 §5.6, with three decimals and `Z`.
std::optional<UnixTime> ParseTimestamp(std::string_view text);

google::protobuf::Timestamp ToProtoTimestamp(UnixTime time);

// Parts of a millisecond are dropped.
//
// Errors: nullopt outside of kFirstTime to kLastTime, and when `nanos` is no part of a second.
std::optional<UnixTime> FromProtoTimestamp(const google::protobuf::Timestamp& timestamp);

}  // namespace chat
