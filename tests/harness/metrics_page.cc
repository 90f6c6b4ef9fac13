#include "tests/harness/metrics_page.h"

#include <charconv>
#include <cstddef>
#include <ranges>

#include "tests/harness/http_client.h"

namespace chat::testing {
namespace {

std::string_view NameOf(std::string_view series) { return series.substr(0, series.find('{')); }

}  // namespace

MetricsPage MetricsPage::Read(const Endpoint& admin) {
  const HttpAnswer answer = HttpClient(admin).Get("/metrics");
  if (answer.status != 200) throw Surprise("/metrics: " + answer.head);
  MetricsPage page;
  for (const auto part : std::views::split(answer.body, '\n')) {
    const std::string_view line(part.begin(), part.end());
    const std::size_t space = line.rfind(' ');
    if (line.starts_with('#') || space == std::string_view::npos) continue;
    const std::string_view number = line.substr(space + 1);
    double value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    page.series_.emplace(line.substr(0, space), value);
  }
  return page;
}

double MetricsPage::Value(std::string_view series) const {
  const auto found = series_.find(series);
  if (found == series_.end()) throw Surprise("no metric " + std::string(series));
  return found->second;
}

double MetricsPage::Total(std::string_view metric) const {
  double total = 0;
  bool found = false;
  for (const auto& [series, value] : series_) {
    if (NameOf(series) != metric) continue;
    total += value;
    found = true;
  }
  if (!found) throw Surprise("no metric " + std::string(metric));
  return total;
}

}  // namespace chat::testing
