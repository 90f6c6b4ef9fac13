#include "server/http/rate_key.h"

#include <cstddef>
#include <cstdint>

#include "server/net/ip_address.h"

namespace chat::http {

RateKey AddressKey(RateOperation operation, std::string_view client_address) {
  const net::IpAddress address = net::IpAddress::Parse(client_address).value_or(net::IpAddress());
  // Of IPv4, which is kept in its mapped form, the last eight bytes tell all.
  const std::size_t first = address.is_v4() ? 8 : 0;
  std::uint64_t bits = 0;
  for (std::size_t i = first; i < first + 8; ++i) bits = bits << 8 | address.bytes()[i];
  return RateKey::OfAddress(operation, bits);
}

}  // namespace chat::http
