#include "server/http/request_target.h"

#include <algorithm>
#include <optional>
#include <ranges>

#include "protocol/utf8.h"

namespace chat::http {
namespace {

enum class PlusSign { kItself, kSpace };

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::optional<std::string> Decode(std::string_view text, PlusSign plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const std::optional<int> high = HexDigit(text[i + 1]);
      const std::optional<int> low = HexDigit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      c = static_cast<char>(*high * 16 + *low);
      i += 2;
    } else if (c == '+' && plus == PlusSign::kSpace) {
      c = ' ';
    }
    decoded.push_back(c);
  }
  if (std::ranges::any_of(decoded, IsControl) || !CountCodePoints(decoded)) return std::nullopt;
  return decoded;
}

bool IsDotSegment(std::string_view segment) { return segment == "." || segment == ".."; }

std::optional<std::string> DecodePath(std::string_view path) {
  std::optional<std::string> decoded = Decode(path, PlusSign::kItself);
  if (!decoded) return std::nullopt;
  if (std::ranges::count(*decoded, '/') != std::ranges::count(path, '/')) return std::nullopt;
  if (decoded->find('\\') != std::string::npos) return std::nullopt;
  for (const auto segment : std::views::split(*decoded, '/')) {
    if (IsDotSegment(std::string_view(segment.begin(), segment.end()))) return std::nullopt;
  }
  return decoded;
}

std::optional<std::vector<Field>> DecodeQuery(std::string_view query) {
  std::vector<Field> fields;
  for (const auto range : std::views::split(query, '&')) {
    const std::string_view pair(range.begin(), range.end());
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    std::optional<std::string> name = Decode(pair.substr(0, equals), PlusSign::kSpace);
    std::optional<std::string> value = equals == std::string_view::npos
                                           ? std::string()
                                           : Decode(pair.substr(equals + 1), PlusSign::kSpace);
    if (!name || !value) return std::nullopt;
    fields.push_back({std::move(*name), std::move(*value)});
  }
  return fields;
}

// Without spaces and controls, which the request line excludes already.
bool IsAllowedRaw(char c) {
  return c > 0x20 && c < 0x7F && c != '#' && c != '"' && c != '<' && c != '>';
}

}  // namespace

std::expected<RequestTarget, Refusal> ParseRequestTarget(std::string_view target) {
  if (!target.starts_with('/') || !std::ranges::all_of(target, IsAllowedRaw)) {
    return std::unexpected(Refusal{ErrorCode::kInvalidArgument, "The target is no path.", {}});
  }
  const std::size_t question = target.find('?');
  std::optional<std::string> path = DecodePath(target.substr(0, question));
  if (!path) {
    return std::unexpected(Refusal{ErrorCode::kInvalidArgument, "The path is malformed.", {}});
  }
  const std::string_view raw_query =
      question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  std::optional<std::vector<Field>> query = DecodeQuery(raw_query);
  if (!query) {
    return std::unexpected(Refusal{ErrorCode::kInvalidArgument, "The query is malformed.", {}});
  }
  return RequestTarget{.path = std::move(*path), .query = std::move(*query)};
}

}  // namespace chat::http
