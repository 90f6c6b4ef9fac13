// How numbers stand in what is signed and in cursors: eight bytes each, highest first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace chat::auth {

inline constexpr std::size_t kNumberBytes = 8;

inline void WriteNumber(std::span<std::uint8_t, kNumberBytes> place, std::int64_t number) {
  auto rest = static_cast<std::uint64_t>(number);
  for (std::size_t i = kNumberBytes; i > 0; --i, rest >>= 8) {
    place[i - 1] = static_cast<std::uint8_t>(rest);
  }
}

inline std::int64_t ReadNumber(std::span<const std::uint8_t, kNumberBytes> place) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : place) number = number << 8 | byte;
  return static_cast<std::int64_t>(number);
}

}  // namespace chat::auth
