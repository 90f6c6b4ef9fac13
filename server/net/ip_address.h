// An IP address without a port, and prefixes of them. IPv4 is kept in its mapped form, so both are
// 16 bytes. Names who connects: in rate limits, the log, and the list of trusted proxies.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chat::net {

// Thread: any, it is a value.
class IpAddress {
 public:
  // The unspecified address, "::".
  IpAddress() = default;

  // Errors: nullopt for what is neither "192.0.2.1" nor "2001:db8::1".
  static std::optional<IpAddress> Parse(std::string_view text);

  // The address of a socket; the unspecified one when it is not of an internet family.
  static IpAddress Of(const sockaddr_storage& socket_address);

  // "192.0.2.1" or "2001:db8::1".
  std::string ToString() const;

  // Its first bit is the most significant bit of bytes()[0].
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  bool is_v4() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_ = {};
};

// All addresses that begin with the same bits.
class IpPrefix {
 public:
  // Errors: nullopt unless it is an address, or one with "/bits" behind it.
  static std::optional<IpPrefix> Parse(std::string_view text);

  bool Contains(const IpAddress& address) const;

 private:
  IpPrefix(const IpAddress& address, int bits) : address_(address), bits_(bits) {}

  IpAddress address_;
  int bits_;
};

}  // namespace chat::net
