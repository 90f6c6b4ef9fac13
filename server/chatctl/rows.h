// How commands print what they found: a name and a value on each line.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "protocol/timestamp.h"

namespace chat::chatctl {

inline void PrintRow(std::string_view name, const std::string& value) {
  std::printf("%-14.*s%s\n", static_cast<int>(name.size()), name.data(), value.c_str());
}

inline std::string ShowTime(const google::protobuf::Timestamp& timestamp) {
  const auto time = FromProtoTimestamp(timestamp);
  return time ? FormatTimestamp(*time) : "?";
}

}  // namespace chat::chatctl
