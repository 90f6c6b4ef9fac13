#include "loadgen/store_floor.h"

#include <fmt/format.h>

namespace chat::loadgen {

std::string ToText(const StoreFloorReport& report) {
  const auto rows = static_cast<double>(report.rows);
  const double cpu = report.client_cpu_seconds + report.database_cpu_seconds;
  return fmt::format(
      "{} rows in {} conversations in {:.2f} s ({:.0f}/s); CPU of the client {:.2f} s, of the "
      "database {:.2f} s, {:.2f} us a row\n",
      report.rows, report.conversations, report.seconds, rows / report.seconds,
      report.client_cpu_seconds, report.database_cpu_seconds, cpu * 1e6 / rows);
}

}  // namespace chat::loadgen
