#include "server/config/secret_url.h"

#include <algorithm>

namespace chat::config {
namespace {

constexpr std::string_view kHidden = "***";

bool EndsUrl(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '"' || c == '\''; }

// From right after "://": the authority and what follows it up to the end of the URL.
std::string HideUserPassword(std::string_view rest) {
  const std::size_t at = rest.rfind('@');
  const std::size_t colon = rest.find(':');
  if (at == std::string_view::npos || colon > at) return std::string(rest);
  return std::string(rest.substr(0, colon + 1)).append(kHidden).append(rest.substr(at));
}

std::string HideParameter(std::string text) {
  constexpr std::string_view kName = "password=";
  for (std::size_t at = text.find(kName); at != std::string::npos; at = text.find(kName, at)) {
    at += kName.size();
    std::size_t end = at;
    while (end < text.size() && text[end] != '&' && !EndsUrl(text[end])) ++end;
    text.replace(at, end - at, kHidden);
  }
  return text;
}

}  // namespace

std::string SecretUrl::shown() const { return HidePasswords(text_); }

std::string HidePasswords(std::string_view text) {
  constexpr std::string_view kScheme = "://";
  std::string shown;
  while (true) {
    const std::size_t scheme = text.find(kScheme);
    if (scheme == std::string_view::npos) break;
    shown.append(text.substr(0, scheme + kScheme.size()));
    text.remove_prefix(scheme + kScheme.size());
    const auto end = static_cast<std::size_t>(std::ranges::find_if(text, EndsUrl) - text.begin());
    shown += HideUserPassword(text.substr(0, end));
    text.remove_prefix(end);
  }
  shown.append(text);
  return HideParameter(std::move(shown));
}

}  // namespace chat::config
