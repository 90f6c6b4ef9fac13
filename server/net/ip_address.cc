#include "server/net/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

namespace chat::net {
namespace {

constexpr int kAddressBits = 128;
constexpr int kV4PrefixBits = 96;
constexpr std::array<std::uint8_t, 12> kV4Prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  const std::string terminated(text);
  if (terminated.size() != std::strlen(terminated.c_str())) return std::nullopt;
  IpAddress address;
  if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
  std::ranges::copy(kV4Prefix, address.bytes_.begin());
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes_.data() + kV4Prefix.size()) == 1) {
    return address;
  }
  return std::nullopt;
}

IpAddress IpAddress::Of(const sockaddr_storage& socket_address) {
  IpAddress address;
  if (socket_address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(socket_address);
    std::memcpy(address.bytes_.data(), &v6.sin6_addr, address.bytes_.size());
  } else if (socket_address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(socket_address);
    std::ranges::copy(kV4Prefix, address.bytes_.begin());
    std::memcpy(address.bytes_.data() + kV4Prefix.size(), &v4.sin_addr, sizeof(v4.sin_addr));
  }
  return address;
}

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN];
  if (is_v4()) {
    ::inet_ntop(AF_INET, bytes_.data() + kV4Prefix.size(), text, sizeof(text));
  } else {
    ::inet_ntop(AF_INET6, bytes_.data(), text, sizeof(text));
  }
  return text;
}

bool IpAddress::is_v4() const {
  return std::ranges::equal(kV4Prefix, std::span(bytes_).first<12>());
}

std::optional<IpPrefix> IpPrefix::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> address = IpAddress::Parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return IpPrefix(*address, kAddressBits);

  const std::string_view digits = text.substr(slash + 1);
  const int offset = address->is_v4() ? kV4PrefixBits : 0;
  int bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const bool is_whole = error == std::errc() && end == digits.data() + digits.size();
  if (!is_whole || bits < 0 || bits + offset > kAddressBits) return std::nullopt;
  return IpPrefix(*address, bits + offset);
}

bool IpPrefix::Contains(const IpAddress& address) const {
  const int whole_bytes = bits_ / 8;
  if (!std::equal(address_.bytes().begin(), address_.bytes().begin() + whole_bytes,
                  address.bytes().begin())) {
    return false;
  }
  const int rest_bits = bits_ % 8;
  if (rest_bits == 0) return true;
  const int difference = address_.bytes()[whole_bytes] ^ address.bytes()[whole_bytes];
  return (difference >> (8 - rest_bits)) == 0;
}

}  // namespace chat::net
