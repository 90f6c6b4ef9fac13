#include "server/http/router.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <ranges>
#include <utility>

namespace chat::http {
namespace {

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> segments;
  for (const auto segment : std::views::split(path.substr(1), '/')) {
    segments.emplace_back(segment.begin(), segment.end());
  }
  return segments;
}

bool IsCapture(std::string_view pattern) { return pattern.starts_with('{'); }

std::string_view CaptureName(std::string_view pattern) {
  return pattern.substr(1, pattern.size() - 2);
}

bool Matches(std::string_view pattern, std::string_view segment) {
  return IsCapture(pattern) ? !segment.empty() : pattern == segment;
}

bool MatchesAll(const std::vector<std::string>& patterns,
                const std::vector<std::string_view>& segments) {
  return std::ranges::equal(patterns, segments, Matches);
}

// Literal segments first, so that "/users/me" is found before "/users/{user_id}".
bool IsMoreLiteral(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::lexicographical_compare(a, b, {}, IsCapture, IsCapture);
}

bool Answers(Method route, Method request) {
  return route == request || (route == Method::kGet && request == Method::kHead);
}

}  // namespace

void Router::Add(Route route) {
  assert(route.pattern.starts_with('/') && route.method != Method::kOther && route.handler);
  Entry entry{.route = std::move(route), .segments = {}};
  for (const std::string_view segment : Split(entry.route.pattern)) {
    assert(!IsCapture(segment) || (segment.ends_with('}') && segment.size() > 2));
    entry.segments.emplace_back(segment);
  }
  const auto place =
      std::ranges::upper_bound(entries_, entry.segments, IsMoreLiteral, &Entry::segments);
  entries_.insert(place, std::move(entry));
}

std::expected<RouteMatch, RouteMiss> Router::Find(Method method, std::string_view path) const {
  assert(path.starts_with('/'));
  const std::vector<std::string_view> segments = Split(path);
  RouteMiss miss;
  for (const Entry& entry : entries_) {
    if (!MatchesAll(entry.segments, segments)) continue;
    if (Answers(entry.route.method, method)) return Match(entry, segments);
    miss.allowed.push_back(entry.route.method);
  }
  return std::unexpected(std::move(miss));
}

RouteMatch Router::Match(const Entry& entry, const std::vector<std::string_view>& segments) {
  RouteMatch match{.route = &entry.route, .captures = {}};
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string_view pattern = entry.segments[i];
    if (!IsCapture(pattern)) continue;
    match.captures.push_back({std::string(CaptureName(pattern)), std::string(segments[i])});
  }
  return match;
}

}  // namespace chat::http
