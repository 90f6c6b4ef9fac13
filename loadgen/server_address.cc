#include "loadgen/server_address.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace chat::loadgen {

std::optional<sockaddr_in> ParseServerAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  if (::inet_pton(AF_INET, std::string(text.substr(0, colon)).c_str(), &server.sin_addr) != 1) {
    return std::nullopt;
  }
  return server;
}

std::string HostOf(const sockaddr_in& server) {
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &server.sin_addr, text.data(), text.size());
  return std::string(text.data()) + ':' + std::to_string(ntohs(server.sin_port));
}

}  // namespace chat::loadgen
