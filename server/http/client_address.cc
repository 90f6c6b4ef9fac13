#include "server/http/client_address.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>

namespace chat::http {
namespace {

bool IsTrusted(const net::IpAddress& address, std::span<const net::IpPrefix> trusted_proxies) {
  return std::ranges::any_of(trusted_proxies,
                             [&](const net::IpPrefix& prefix) { return prefix.Contains(address); });
}

// Several fields are one list.
std::string JoinForwardedFor(std::span<const Field> headers) {
  std::string list;
  for (const Field& field : headers) {
    if (field.name == "x-forwarded-for") list.append(list.empty() ? "" : ",").append(field.value);
  }
  return list;
}

// Removes the last entry of the list and returns it without spaces around.
std::string_view TakeLast(std::string_view& list) {
  const std::size_t comma = list.rfind(',');
  std::string_view entry = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  entry.remove_prefix(std::min(entry.find_first_not_of(" \t"), entry.size()));
  return entry.substr(0, entry.find_last_not_of(" \t") + 1);
}

}  // namespace

net::IpAddress FindClientAddress(const net::IpAddress& peer, std::span<const Field> headers,
                                 std::span<const net::IpPrefix> trusted_proxies) {
  net::IpAddress address = peer;
  const std::string forwarded = JoinForwardedFor(headers);
  std::string_view rest = forwarded;
  while (!rest.empty() && IsTrusted(address, trusted_proxies)) {
    const std::optional<net::IpAddress> named = net::IpAddress::Parse(TakeLast(rest));
    if (!named) break;
    address = *named;
  }
  return address;
}

}  // namespace chat::http
