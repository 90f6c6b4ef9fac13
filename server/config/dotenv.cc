#include "server/config/dotenv.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace chat::config {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool IsName(std::string_view text) {
  const auto is_name_character = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
         std::ranges::all_of(text, is_name_character);
}

// What stands between quotes is taken as it is; without them a ` #` starts a comment.
std::optional<std::string_view> ParseValue(std::string_view text) {
  if (!text.empty() && (text.front() == '"' || text.front() == '\'')) {
    const std::size_t end = text.find(text.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view rest = Trim(text.substr(end + 1));
    if (!rest.empty() && rest.front() != '#') return std::nullopt;
    return text.substr(1, end - 1);
  }
  return Trim(text.substr(0, text.find(" #")));
}

std::optional<DotenvEntry> ParseAssignment(std::string_view line) {
  constexpr std::string_view kExport = "export ";
  if (line.starts_with(kExport)) line.remove_prefix(kExport.size());
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = Trim(line.substr(0, equals));
  const std::optional<std::string_view> value = ParseValue(Trim(line.substr(equals + 1)));
  if (!IsName(name) || !value) return std::nullopt;
  return DotenvEntry{std::string(name), std::string(*value)};
}

}  // namespace

std::expected<std::vector<DotenvEntry>, int> ParseDotenv(std::string_view text) {
  std::vector<DotenvEntry> entries;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    std::optional<DotenvEntry> entry = ParseAssignment(line);
    if (!entry) return std::unexpected(number);
    entries.push_back(*std::move(entry));
  }
  return entries;
}

}  // namespace chat::config
