#include "server/config/rates_file.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <system_error>
#include <vector>

namespace chat::config {
namespace {

constexpr std::uint32_t kNumberMax = 1'000'000;

std::vector<std::string_view> WordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    if (line.empty()) return words;
    const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
    words.push_back(word);
    line.remove_prefix(word.size());
  }
}

std::optional<std::uint32_t> ParseNumber(std::string_view text) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed_end, error] = std::from_chars(text.data(), end, number);
  const bool fits = error == std::errc() && parsed_end == end && number > 0 && number <= kNumberMax;
  return fits ? std::optional(number) : std::nullopt;
}

std::optional<std::chrono::seconds> ParseUnit(std::string_view text) {
  if (text == "s") return std::chrono::seconds(1);
  if (text == "min") return std::chrono::minutes(1);
  if (text == "h") return std::chrono::hours(1);
  return std::nullopt;
}

std::optional<RateLimit> ParseRate(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto count = ParseNumber(text.substr(0, slash));
  const auto period = ParseUnit(text.substr(slash + 1));
  if (!count || !period) return std::nullopt;
  return RateLimit{.count = *count, .period = *period, .burst = *count};
}

// Errors: why not.
std::expected<void, std::string> ReadLine(const std::vector<std::string_view>& words,
                                          Rates& rates) {
  const auto name = std::ranges::find(kRateNames, words.front());
  if (name == kRateNames.end()) return std::unexpected("there is no operation of this name");
  const bool has_form = words.size() == 2 || (words.size() == 4 && words[2] == "burst");
  const auto rate = has_form ? ParseRate(words[1]) : std::nullopt;
  const auto burst = words.size() == 4 ? ParseNumber(words[3]) : std::optional(1u);
  if (!rate || !burst) return std::unexpected("not a rate, as \"send 20/s burst 60\"");
  RateLimit& limit = rates[static_cast<std::size_t>(name - kRateNames.begin())];
  limit = *rate;
  if (words.size() == 4) limit.burst = *burst;
  return {};
}

}  // namespace

std::expected<Rates, std::string> ParseRates(std::string_view text) {
  Rates rates = kDefaultRates;
  int number = 0;
  for (const auto range : std::views::split(text, '\n')) {
    ++number;
    const std::vector<std::string_view> words = WordsOf({range.begin(), range.end()});
    if (words.empty() || words.front().starts_with('#')) continue;
    if (const auto read = ReadLine(words, rates); !read) {
      return std::unexpected(std::to_string(number) + ": " + read.error());
    }
  }
  return rates;
}

}  // namespace chat::config
