// What a server tells on /metrics, as numbers to ask for.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "tests/harness/socket.h"

namespace chat::testing {

// One reading of the page. Thread: any, it is a value. Lifetime: any.
class MetricsPage {
 public:
  // Errors: throws Surprise when the page does not come.
  static MetricsPage Read(const Endpoint& admin);

  // The value of one series, as `chat_connections{shard="0"}`.
  //
  // Errors: throws Surprise when the page has no such series.
  double Value(std::string_view series) const;

  // The sum over all labels of a metric.
  double Total(std::string_view metric) const;

 private:
  std::map<std::string, double, std::less<>> series_;
};

}  // namespace chat::testing
