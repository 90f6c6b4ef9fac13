#include "server/http/request.h"

#include <algorithm>

namespace chat::http {
namespace {

std::optional<std::string_view> FindValue(const std::vector<Field>& fields, std::string_view name) {
  const auto field = std::ranges::find(fields, name, &Field::name);
  if (field == fields.end()) return std::nullopt;
  return field->value;
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view lower_case_prefix) {
  const auto to_lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  };
  return std::ranges::equal(text.substr(0, lower_case_prefix.size()), lower_case_prefix, {},
                            to_lower);
}

}  // namespace

std::string_view MethodName(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOther:
      return "OTHER";
  }
  return "OTHER";
}

std::string_view Request::capture(std::string_view name) const {
  return FindValue(parts_.captures, name).value_or(std::string_view());
}

std::optional<std::string_view> Request::query(std::string_view name) const {
  return FindValue(parts_.query, name);
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  return FindValue(parts_.headers, name);
}

std::optional<std::string_view> Request::bearer_token() const {
  constexpr std::string_view kScheme = "bearer ";
  const std::optional<std::string_view> credentials = header("authorization");
  if (!credentials || !StartsWithIgnoringCase(*credentials, kScheme)) return std::nullopt;
  const std::string_view token = credentials->substr(kScheme.size());
  if (token.empty()) return std::nullopt;
  return token;
}

}  // namespace chat::http
